# SPDX-License-Identifier: Apache-2.0
"""Placement: which zone of which VIM each VNFC goes to. Pure: demands and zones in, places out.

An algorithm is a function `(demands, zones, reserved) -> places` that a package brings under the
entry points `mano.placements`; Problem 409 tells for every zone what is short, 422 that no zone
will ever do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from mano import plugins
from mano.problems import Problem
from nfvo import affinity, rooms
from nfvo.capacity import Amounts, Demand, Place, Zone, amounts
from nfvo.rooms import Lack, Room

GROUP = "mano.placements"
Algorithm = Callable[[Sequence[Demand], Sequence[Zone], Mapping[Place, Amounts]], dict[str, Place]]


def first_fit(
    demands: Sequence[Demand], zones: Sequence[Zone], reserved: Mapping[Place, Amounts]
) -> dict[str, Place]:
    """The first VIM with room for all; in it each VNFC, largest first, to the first such zone.

    VNFCs that are to be together are placed as one, those that are to be apart never meet in a
    zone. Where a VIM's virtual links do not reach from zone to zone (bare metal without overlays),
    all go to one zone."""
    ordered = sorted(demands, key=_largest_first)
    lacks: list[Lack] = []
    for candidates in _candidates(zones):
        places, short = _fill(ordered, candidates, reserved)
        if not short:
            return places
        lacks += short
    raise _refusal(demands, lacks)


def algorithm(name: str) -> Algorithm:
    """The algorithm of that name; plugins.Unknown if it is not installed."""
    function: Algorithm = plugins.load(GROUP, name)
    return function


def _largest_first(demand: Demand) -> tuple[int, int]:
    amount = amounts(demand)
    return -amount["memoryMiB"], -amount["vcpus"]


def _candidates(zones: Sequence[Zone]) -> list[list[Zone]]:
    """The sets of zones over which a network service may be spread, in the order of the VIMs."""
    candidates: list[list[Zone]] = []
    for vim in dict.fromkeys(zone["vim"] for zone in zones):
        of_vim = [zone for zone in zones if zone["vim"] == vim]
        candidates += [of_vim] if _links_span(of_vim) else [[zone] for zone in of_vim]
    return candidates


def _links_span(zones: Iterable[Zone]) -> bool:
    return all(zone["features"].get("overlay", True) for zone in zones)


def _fill(
    demands: Sequence[Demand], zones: Sequence[Zone], reserved: Mapping[Place, Amounts]
) -> tuple[dict[str, Place], list[Lack]]:
    """Everything into these zones.

    Or, for each zone, why the first VNFCs that fit nowhere do not fit there."""
    filled = [rooms.empty(zone, reserved) for zone in zones]
    for unit in affinity.units(demands):
        lacks = _put(unit, filled)
        if lacks:
            return {}, lacks
    return {demand.id: room.place for room in filled for demand in room.demands}, []


def _put(unit: Sequence[Demand], candidates: Sequence[Room]) -> list[Lack]:
    """Puts VNFCs into the first room that takes them; else what each room lacks."""
    lacks = []
    for room in candidates:
        lack = room.lack(unit)
        if lack is None:
            room.take(unit)
            return []
        lacks.append(lack)
    return lacks


def _refusal(demands: Sequence[Demand], lacks: Sequence[Lack]) -> Problem:
    reasons = " ".join(f"{lack.reason}." for lack in lacks) or "There is no zone at all."
    if lacks and all(lack.for_good for lack in lacks):
        title = "Affinity that cannot be kept"
        return Problem(422, f"No place for {rooms.listed(demands)}. {reasons}", title=title)
    return Problem(
        409,
        f"No capacity for {rooms.listed(demands)}. {reasons} Free something, or add a host or VIM.",
        title="No capacity",
    )
