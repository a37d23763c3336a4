# SPDX-License-Identifier: Apache-2.0
"""Placement, as a function."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mano.problems import Problem
from mano.sol.vnf_parameters import Need
from nfvo import affinity, capacity, placement

BARE = {"overlay": False, "node": True, "host": True}  # a zone is a host, and no link leaves it


def zone(
    id: str,
    vcpus: int,
    memory: int = 1000,
    vim: str = "v",
    kind: str = "simulated",
    state: str = "ENABLED",
    **features: bool,
) -> capacity.Zone:
    return {
        "vim": vim,
        "vimType": kind,
        "id": id,
        "state": state,
        "used": {},
        "features": (BARE if kind == "baremetal" else {}) | features,
        "total": {"vcpus": vcpus, "memoryMiB": memory, "storageMiB": 0, "dedicatedCpus": 0},
    }


def demand(
    id: str,
    vcpus: int,
    memory: int = 100,
    pinning: str = "none",
    rules: affinity.Rules = affinity.NO_RULES,
) -> capacity.Demand:
    need: Need = {"vcpus": vcpus, "memoryMiB": memory, "pinning": pinning}
    return capacity.Demand(id, f"VNFC {id}", need, rules)


def test_each_vnfc_goes_to_the_first_zone_with_room() -> None:
    assert placement.first_fit(
        [demand("a", 2), demand("b", 2)], [zone("z1", 3), zone("z2", 3)], {}
    ) == {"a": ("v", "z1"), "b": ("v", "z2")}


def test_on_bare_metal_without_overlays_all_go_to_one_host() -> None:
    hosts = [zone("h1", 3, kind="baremetal"), zone("h2", 4, kind="baremetal")]
    assert set(placement.first_fit([demand("a", 2), demand("b", 2)], hosts, {}).values()) == {
        ("v", "h2")
    }


def test_a_network_service_is_not_spread_over_vims() -> None:
    zones = [zone("z1", 2, vim="v1"), zone("z1", 4, vim="v2")]
    assert set(placement.first_fit([demand("a", 2), demand("b", 2)], zones, {}).values()) == {
        ("v2", "z1")
    }


def test_what_is_reserved_is_not_given_twice() -> None:
    places = placement.first_fit(
        [demand("a", 2)], [zone("z1", 3), zone("z2", 3)], {("v", "z1"): {"vcpus": 2}}
    )
    assert places == {"a": ("v", "z2")}


def test_a_refusal_says_what_was_short_on_which_host() -> None:
    hosts = [
        zone("h1", 1, kind="baremetal"),
        zone("h2", 8, memory=50, kind="baremetal"),
        zone("h3", 8, kind="baremetal", state="UNREACHABLE"),
    ]
    with pytest.raises(Problem) as refusal:
        placement.first_fit([demand("a", 2)], hosts, {})
    detail = refusal.value.detail
    assert "host h1 has no room for VNFC a: 2 vCPUs wanted, 1 of 1 free" in detail
    assert "host h2 has no room for VNFC a: 100 MiB of memory wanted, 50 of 50 free" in detail
    assert "host h3 is UNREACHABLE" in detail


def test_pinned_vnfcs_take_dedicated_cpus() -> None:
    with pytest.raises(Problem, match="2 dedicated CPUs wanted, 0 of 0 free"):
        placement.first_fit([demand("a", 2, pinning="dedicated")], [zone("z", 100)], {})


@given(
    some.lists(some.tuples(some.integers(1, 4), some.integers(1, 200)), max_size=12),
    some.lists(some.tuples(some.integers(0, 8), some.integers(0, 600)), min_size=1, max_size=5),
)
def test_no_zone_is_ever_given_more_than_it_has(
    sizes: list[tuple[int, int]], rooms: list[tuple[int, int]]
) -> None:
    demands = [demand(str(number), *size) for number, size in enumerate(sizes)]
    zones = [zone(str(number), *room) for number, room in enumerate(rooms)]
    try:
        places = placement.first_fit(demands, zones, {})
    except Problem:
        return
    assert set(places) == {item.id for item in demands}
    for (_, id), amounts in capacity.total(demands, places).items():
        assert amounts["vcpus"] <= rooms[int(id)][0] and amounts["memoryMiB"] <= rooms[int(id)][1]
