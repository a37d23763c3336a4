# SPDX-License-Identifier: Apache-2.0
"""Affinity and anti-affinity rules of VNFDs and NSDs, kept by placement or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from descriptors import model
from mano.problems import Problem
from nfvo import affinity, capacity, placement, vnfcs
from tests.unit.nfvo.test_placement import demand, zone


def rule(id: str, kind: str, scope: str, members: list[str]) -> model.AffinityRule:
    """A rule on a node, if there is one member, else on a group."""
    return model.AffinityRule(id, kind, scope, members, local=len(members) == 1)


def vnf(*rules: model.AffinityRule) -> model.VnfDf:
    return model.VnfDf(
        "d", vdus={name: model.Vdu(name, name) for name in "ab"}, affinity=list(rules)
    )


def demands(
    df: model.VnfDf, *vdus: str, profile: str = "p", ns: model.NsDf | None = None
) -> list[capacity.Demand]:
    return [
        demand(f"{profile}/{vdu}-{number}", 1, rules=vnfcs.rules(profile, df, vdu, ns))
        for number, vdu in enumerate(vdus)
    ]


def zones(
    number: int, kind: str = "simulated", vcpus: int = 9, **features: bool
) -> list[capacity.Zone]:
    return [zone(f"z{index}", vcpus, kind=kind, **features) for index in range(number)]


def test_instances_of_a_vdu_that_are_to_be_apart_never_share_a_zone() -> None:
    df = vnf(rule("r", "anti-affinity", "zone", ["a"]))
    places = placement.first_fit(demands(df, "a", "b", "a", "b"), zones(2), {})
    assert places["p/a-0"] != places["p/a-2"] and places["p/b-1"] == places["p/b-3"]


def test_a_group_keeps_different_vdus_apart_or_together() -> None:
    apart = placement.first_fit(
        demands(vnf(rule("r", "anti-affinity", "zone", ["a", "b"])), "a", "a", "b"), zones(2), {}
    )
    assert apart["p/a-0"] == apart["p/a-1"] != apart["p/b-2"]
    together = placement.first_fit(
        demands(vnf(rule("r", "affinity", "nfvi_node", ["a", "b"])), "a", "b", "b"),
        zones(3, vcpus=3, node=True),
        {},
    )
    assert len(set(together.values())) == 1


def test_what_is_to_be_together_goes_where_all_of_it_has_room() -> None:
    rooms = [zone("small", 1), zone("large", 3)]
    places = placement.first_fit(
        demands(vnf(rule("r", "affinity", "zone", ["a", "b"])), "a", "b", "a"), rooms, {}
    )
    assert set(places.values()) == {("v", "large")}
    with pytest.raises(Problem, match="zone large has no room for VNFC p/a-0, VNFC p/b-1"):
        placement.first_fit(
            demands(vnf(rule("r", "affinity", "zone", ["a", "b"])), "a", "b", "a", "b"), rooms, {}
        )


def test_on_bare_metal_a_zone_is_a_node_and_who_cannot_be_apart_is_told_from_whom() -> None:
    df = vnf(rule("r", "anti-affinity", "nfvi_node", ["a", "b"]))
    with pytest.raises(
        Problem,
        match=r"host z0 is not for VNFC p/b-1: anti-affinity \(nfvi_node\) keeps it apart from "
        r"VNFC p/a-0",
    ):
        placement.first_fit(demands(df, "a", "b"), zones(2, "baremetal"), {})


def test_where_a_vim_chooses_the_node_apart_are_zones_apart_and_together_is_refused() -> None:
    apart = vnf(rule("r", "anti-affinity", "nfvi_node", ["a", "b"]))
    places = placement.first_fit(demands(apart, "a", "b"), zones(2), {})
    assert places["p/a-0"] != places["p/b-1"]
    with pytest.raises(Problem, match="keeps it apart") as refusal:
        placement.first_fit(demands(apart, "a", "b"), zones(1), {})
    assert refusal.value.status == 409
    together = vnf(rule("r", "affinity", "nfvi_node", ["a", "b"]))
    with pytest.raises(Problem, match="the VIM's choice") as refusal:
        placement.first_fit(demands(together, "a", "b"), zones(2), {})
    assert refusal.value.status == 422


def test_rules_that_contradict_each_other_are_refused_for_good() -> None:
    rules = [rule(kind, kind, "zone", ["a", "b"]) for kind in ("affinity", "anti-affinity")]
    with pytest.raises(Problem, match="anti-affinity") as refusal:
        placement.first_fit(demands(vnf(*rules), "a", "b"), zones(3), {})
    assert refusal.value.status == 422


def test_a_profile_with_a_rule_of_its_own_and_one_of_its_group_may_stay_in_one_zone() -> None:
    rules = [rule("own", "anti-affinity", "zone", ["p"])]
    rules.append(rule("both", "anti-affinity", "zone", ["p", "q"]))
    ns = model.NsDf("n", affinity=rules)
    places = placement.first_fit(demands(vnf(), "a", "b", ns=ns), zones(2), {})
    assert places["p/a-0"] == places["p/b-1"]


def test_an_nsd_keeps_its_vnfs_apart() -> None:
    ns = model.NsDf("n", affinity=[rule("r", "anti-affinity", "zone", ["p", "q"])])
    df = vnf()
    places = placement.first_fit(
        [*demands(df, "a", "b", ns=ns), *demands(df, "a", "b", profile="q", ns=ns)], zones(2), {}
    )
    assert places["p/a-0"] == places["p/b-1"] != places["q/a-0"] == places["q/b-1"]


@pytest.mark.parametrize("scope", ["container_namespace", "cis_node", "no-such-scope"])
@pytest.mark.parametrize("kind", ["affinity", "anti-affinity"])
def test_a_scope_that_nothing_here_has_is_refused(kind: str, scope: str) -> None:
    with pytest.raises(Problem, match=f"scope {scope} cannot be kept"):
        vnfcs.rules("p", vnf(rule("r", kind, scope, ["a"])), "a")


@pytest.mark.parametrize("scope", affinity.WHOLE_VIM)
def test_what_cannot_be_kept_is_refused_and_not_forgotten(scope: str) -> None:
    with pytest.raises(Problem, match=f"scope {scope} cannot be kept"):
        vnfcs.rules("p", vnf(rule("r", "anti-affinity", scope, ["a"])), "a")
    assert vnfcs.rules("p", vnf(rule("r", "affinity", scope, ["a", "b"])), "a").apart == {}


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
    rules: list[tuple[str, list[str]]], vdus: list[str], number: int
) -> None:
    df = vnf(
        *(rule(f"r{index}", kind, "zone", members) for index, (kind, members) in enumerate(rules))
    )
    requested = demands(df, *vdus)
    try:
        places = placement.first_fit(requested, zones(number), {})
    except Problem:
        return
    for kind, members in rules:
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
