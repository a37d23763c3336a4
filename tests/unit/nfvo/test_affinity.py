# SPDX-License-Identifier: Apache-2.0
"""Affinity and anti-affinity rules of VNFDs and NSDs, kept by placement or refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from descriptors import model
from mano.problems import Problem
from nfvo import affinity, placement
from tests.unit.nfvo.test_placement import want, zone


def Rule(id: str, kind: str, scope: str, members: list[str]) -> model.AffinityRule:
    """A rule on a node, if there is one member, else on a group."""
    return model.AffinityRule(id, kind, scope, members, local=len(members) == 1)


def vnf(*rules: model.AffinityRule) -> model.VnfDf:
    return model.VnfDf(
        "d", vdus={name: model.Vdu(name, name) for name in "ab"}, affinity=list(rules)
    )


def wants(
    df: model.VnfDf, *vdus: str, profile: str = "p", ns: model.NsDf | None = None
) -> list[dict[str, Any]]:
    return [
        {**want(f"{profile}/{vdu}-{number}", 1), **affinity.of_vnfc(profile, df, vdu, ns)}
        for number, vdu in enumerate(vdus)
    ]


def zones(number: int, kind: str = "simulated", vcpus: int = 9) -> list[dict[str, Any]]:
    return [zone(f"z{index}", vcpus, kind=kind) for index in range(number)]


def test_instances_of_a_vdu_that_are_to_be_apart_never_share_a_zone() -> None:
    df = vnf(Rule("r", "anti-affinity", "zone", ["a"]))
    places = placement.first_fit(wants(df, "a", "b", "a", "b"), zones(2), {})
    assert places["p/a-0"] != places["p/a-2"] and places["p/b-1"] == places["p/b-3"]


def test_a_group_keeps_different_vdus_apart_or_together() -> None:
    apart = placement.first_fit(
        wants(vnf(Rule("r", "anti-affinity", "zone", ["a", "b"])), "a", "a", "b"), zones(2), {}
    )
    assert apart["p/a-0"] == apart["p/a-1"] != apart["p/b-2"]
    together = placement.first_fit(
        wants(vnf(Rule("r", "affinity", "nfvi_node", ["a", "b"])), "a", "b", "b"),
        zones(3, vcpus=3),
        {},
    )
    assert len(set(together.values())) == 1


def test_what_is_to_be_together_goes_where_all_of_it_has_room() -> None:
    rooms = [zone("small", 1), zone("large", 3)]
    places = placement.first_fit(
        wants(vnf(Rule("r", "affinity", "zone", ["a", "b"])), "a", "b", "a"), rooms, {}
    )
    assert set(places.values()) == {("v", "large")}
    with pytest.raises(Problem, match="zone large has no room for VNFC p/a-0, VNFC p/b-1"):
        placement.first_fit(
            wants(vnf(Rule("r", "affinity", "zone", ["a", "b"])), "a", "b", "a", "b"), rooms, {}
        )


def test_on_bare_metal_a_zone_is_a_node_and_who_cannot_be_apart_is_told_from_whom() -> None:
    df = vnf(Rule("r", "anti-affinity", "nfvi_node", ["a", "b"]))
    with pytest.raises(
        Problem,
        match=r"host z0 is not for VNFC p/b-1: anti-affinity \(nfvi_node\) keeps it apart from VNFC p/a-0",
    ):
        placement.first_fit(wants(df, "a", "b"), zones(2, "baremetal"), {})
    assert placement.first_fit(
        wants(df, "a", "b"), zones(1), {}
    )  # elsewhere the VIM chooses the node


def test_an_nsd_keeps_its_vnfs_apart() -> None:
    ns = model.NsDf("n", affinity=[Rule("r", "anti-affinity", "zone", ["p", "q"])])
    df = vnf()
    places = placement.first_fit(
        [*wants(df, "a", "b", ns=ns), *wants(df, "a", "b", profile="q", ns=ns)], zones(2), {}
    )
    assert places["p/a-0"] == places["p/b-1"] != places["q/a-0"] == places["q/b-1"]


@pytest.mark.parametrize("scope", affinity.OUT_OF_REACH)
def test_what_cannot_be_kept_is_refused_and_not_forgotten(scope: str) -> None:
    with pytest.raises(Problem, match=f"scope {scope} cannot be kept"):
        affinity.of_vnfc("p", vnf(Rule("r", "anti-affinity", scope, ["a"])), "a")
    assert affinity.of_vnfc("p", vnf(Rule("r", "affinity", scope, ["a", "b"])), "a")["apart"] == {}


@given(
    some.lists(
        some.tuples(
            some.sampled_from(["affinity", "anti-affinity"]),
            some.sampled_from([["a"], ["b"], ["a", "b"]]),
        ),
        max_size=3,
    ),
    some.lists(some.sampled_from("ab"), max_size=6),
    some.integers(1, 4),
)
def test_no_placement_breaks_a_rule(
    written: list[tuple[str, list[str]]], vdus: list[str], number: int
) -> None:
    df = vnf(
        *(Rule(f"r{index}", kind, "zone", members) for index, (kind, members) in enumerate(written))
    )
    asked = wants(df, *vdus)
    try:
        places = placement.first_fit(asked, zones(number), {})
    except Problem:
        return
    for kind, members in written:
        here = [
            (name.split("/")[1][0], place)
            for name, place in places.items()
            if name.split("/")[1][0] in members
        ]
        if kind == "affinity":
            assert len({place for vdu, place in here}) <= 1 or (
                len(members) > 1 and len({vdu for vdu, _ in here}) == 1
            )
        else:
            for index, (vdu, place) in enumerate(here):
                assert all(
                    place != other
                    for name, other in here[:index]
                    if name != vdu or len(members) == 1
                )
