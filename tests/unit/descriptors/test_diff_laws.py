# SPDX-License-Identifier: Apache-2.0
"""What holds for the difference of any two descriptors."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from broken_packages import FULL
from descriptor_strategies import anything, full, hints, variants
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_packages import NSD

import descriptors
from descriptors import changes, comparing, effects, fields, model, spreading, successors
from descriptors.commands import difference_text

KINDS = [model.Vnfd, model.Nsd, model.Pnfd]
FLAVOURS = [model.VnfDf, model.NsDf]
TURNED = {"added": "removed", "removed": "added", "changed": "changed"}
LAWS = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.reuse, Phase.generate],
)  # to shrink descriptors takes minutes
descriptor = st.sampled_from(KINDS).flatmap(anything)
two = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(anything(kind), anything(kind)))


@LAWS
@given(descriptor)
def test_nothing_differs_from_itself(a: Any) -> None:
    assert comparing.compare(a, a).changes == []
    assert comparing.compare(a, type(a)(**{**vars(a), "id": "other", "version": "2"})).changes == []


def turned(difference: comparing.Difference) -> set[tuple[str, str, str, str]]:
    return {
        (item.flavour, item.section, item.name, item.change)
        for item in difference.changes
        if item.change != "follows"
    }


@LAWS
@given(two)
def test_the_way_back_is_the_way_there_turned_round(both: tuple[Any, Any]) -> None:
    forth, back = turned(comparing.compare(*both)), turned(comparing.compare(both[1], both[0]))
    assert {(*place, TURNED[change]) for *place, change in forth} == back


@LAWS
@given(two)
def test_every_item_has_one_answer_and_every_vnfc_made_anew_was_there(
    both: tuple[Any, Any],
) -> None:
    before, after = both
    difference = comparing.compare(before, after)
    places = [(item.flavour, item.section, item.name) for item in difference.changes]
    assert len(places) == len(set(places))
    assert {item.effect for item in difference.changes} <= set(effects.ALL)
    for item in difference.changes:
        assert (item.effect in (effects.CREATE, effects.DELETE)) <= (
            item.change in ("added", "removed")
        ), item
        assert bool(item.because) or item.change != "follows", item
    for flavour, vdus in difference.recreated.items():
        assert set(vdus) <= set(before.flavours[flavour].vdus) & set(after.flavours[flavour].vdus)
    old, new = getattr(before, "flavours", {}), getattr(after, "flavours", {})
    assert set(difference.blocked) == set(old) - set(new)
    assert bool(difference.changes) != ("no difference" in difference_text.render(difference))


@LAWS
@given(two)
def test_what_is_said_to_follow_has_a_reason_that_is_told_too(both: tuple[Any, Any]) -> None:
    difference = comparing.compare(*both)
    places = {
        (item.flavour, item.section, item.name)
        for item in difference.changes
        if item.effect != effects.RECORD
    }
    assert all(
        (item.flavour, *reason) in places for item in difference.changes for reason in item.because
    )


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_otherwise_is_a_difference(kind: Any) -> None:
    """Every field of every class, and what is in it, one at a time."""
    before = full(kind)
    unseen = [
        place
        for place, after in variants(before, kind)
        if place not in (".id", ".version") and not comparing.compare(before, after).changes
    ]
    assert unseen == []


@LAWS
@given(descriptor, st.data())
def test_whatever_is_otherwise_in_any_descriptor_is_a_difference(
    before: Any, data: st.DataObject
) -> None:
    place, after = data.draw(
        st.sampled_from(
            [item for item in variants(before, type(before)) if item[0] not in (".id", ".version")]
        )
    )
    difference = comparing.compare(before, after)
    assert difference.changes, place
    assert not fields.same(before, after)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """(where, another value) of all that is written below."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, (dict, list)):
            yield from leaves(item, (*path, key))
        elif key != "type":
            yield (*path, key), item + 1 if isinstance(item, int) else f"{item}x"


def written(text: str, place: tuple[Any, ...], value: Any) -> str:
    document = yaml.safe_load(text)
    inner = document["topology_template"]["policies"]
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return yaml.safe_dump(document, sort_keys=False)


LINK = """    vl:
      type: tosca.nodes.nfv.VnfVirtualLink
      properties: { connectivity_type: { layer_protocols: [ ipv4 ] }, vl_profile: {
          max_bitrate_requirements: { root: 9 }, min_bitrate_requirements: { root: 1 } } }
"""
OTHERS = """    - billed: { type: acme.Deltas, properties: { price: 3 } }
    - rates:
        type: tosca.policies.nfv.VirtualLinkBitrateInitialDelta
        properties: { initial_delta: { bitrate_requirements: { root: 3 } } }
        targets: [ vl ]
    - apart: { type: tosca.policies.nfv.AntiAffinityRule, properties: { scope: zone,
        nfvi_maintenance_group_info: { n: 1 } }, targets: [ vdu ] }
    - open:
        type: tosca.policies.nfv.SecurityGroupRule
        properties: { description: d, direction: ingress, ether_type: ipv4, protocol: tcp,
            port_range_min: 80, port_range_max: 90 }
        targets: [ cp ]
"""
NS_OTHERS = """    - watched:
        type: tosca.policies.nfv.NsMonitoring
        properties: { ns_monitoring_parameters: { load: { name: load, performance_metric: m,
            collection_period: 5 s } } }
        targets: [ NS ]
"""


@pytest.mark.parametrize(
    "text",
    [
        FULL.replace("  policies:\n", LINK + "  policies:\n").replace(
            "  groups:\n", OTHERS + "  groups:\n"
        ),
        NSD + NS_OTHERS,
    ],
    ids=["VNFD", "NSD"],
)
def test_whatever_a_policy_says_is_a_difference_and_is_said_once(tmp_path: Path, text: str) -> None:
    policies = yaml.safe_load(text)["topology_template"]["policies"]
    (tmp_path / "thing.yaml").write_text(text)
    before = descriptors.read(tmp_path / "thing.yaml")
    for place, value in leaves(policies):
        (tmp_path / "thing.yaml").write_text(written(text, place, value))
        after = descriptors.read(tmp_path / "thing.yaml")
        sections = {change.section for change in comparing.packages(before, after).changes} - {
            "files"
        }
        assert sections or len(after.findings) > len(before.findings), place
        assert "policies" not in sections or sections == {"policies"} or "targets" in place, (
            place,
            sections,
        )


def classes() -> dict[str, set[Any]]:
    """The classes of the items in each section."""
    sections: dict[str, set[Any]] = {}
    for kind in FLAVOURS:
        for name, hint in hints(kind).items():
            sections.setdefault(name, set()).update(getattr(hint, "__args__", ())[-1:])
    return sections


def test_what_the_tables_name_is_in_the_model() -> None:
    sections_of = {
        section: {
            item.name
            for kind in kinds
            if dataclasses.is_dataclass(kind)
            for item in dataclasses.fields(kind)
        }
        for section, kinds in classes().items()
    }
    assert {
        *changes.RAW,
        *effects.SECTIONS,
        *effects.RECORDED,
        *effects.PROFILES,
        *effects.FIELDS,
    } <= set(sections_of)
    words = "".join(
        path.read_text() for path in (Path(descriptors.__file__).parent / "types").glob("*.yaml")
    )
    for section, paths in effects.FIELDS.items():
        assert {path.split(".")[0] for path in paths} <= sections_of[section], section
        assert all(
            f"{path.split('.')[-1]}:" in words for path in paths if path.startswith("properties.")
        ), section
    names = set().union(*sections_of.values())
    assert {
        *effects.BOUNDS,
        *spreading.LEADS,
        *successors.REFERENCES,
        "name",
        "description",
        "image",
    } - {"path"} <= names
    assert {name for pair in spreading.ADAPTS for name in pair if name} <= set(sections_of)
    assert {
        *sections_of,
        *(item.name for kind in KINDS for item in dataclasses.fields(kind)),
        "files",
        "descriptor",
    } >= set(difference_text.NAMES)
