# SPDX-License-Identifier: Apache-2.0
"""Placement: which zone of which VIM each VNFC goes to. Pure: demands and zones in, places out.

An algorithm is a function `(demands, zones, reserved) -> places` in ALGORITHMS; Problem 409 tells
for every zone what is short, 422 that no zone will ever do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from mano.problems import Problem
from mano.sol.vnf_parameters import Need
from nfvo import affinity

Place = tuple[str, str]  # VIM, zone
Amounts = dict[str, int]


@dataclass(frozen=True)
class Demand:
    """A VNFC to be placed: `what` names it for people, `rules` say who it is with or apart from."""

    id: str
    what: str
    need: Need
    rules: affinity.Rules = affinity.NO_RULES


class Zone(TypedDict):
    """A zone of a VIM (docs/ports.md, section 3): what it has and what of it is taken."""

    vim: str
    vimType: str
    id: str
    state: str
    total: dict[str, Any]
    used: dict[str, int]
    features: dict[str, Any]


Algorithm = Callable[[Sequence[Demand], Sequence[Zone], Mapping[Place, Amounts]], dict[str, Place]]

WORDS = {
    "vcpus": "vCPUs",
    "dedicatedCpus": "dedicated CPUs",
    "memoryMiB": "MiB of memory",
    "storageMiB": "MiB of storage",
}
LISTED = 6  # of many VNFCs these are named


def first_fit(
    demands: Sequence[Demand], zones: Sequence[Zone], reserved: Mapping[Place, Amounts]
) -> dict[str, Place]:
    """The first VIM into which everything goes; in it each VNFC, largest first, to the first zone
    with room.

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


ALGORITHMS: dict[str, Algorithm] = {"first-fit": first_fit}


def amounts(demand: Demand) -> Amounts:
    """What a VNFC takes from a zone."""
    need = demand.need
    vcpus = need.get("vcpus", 0)
    dedicated = need.get("pinning") == "dedicated"
    return {
        "vcpus": 0 if dedicated else vcpus,
        "dedicatedCpus": vcpus if dedicated else 0,
        "memoryMiB": need.get("memoryMiB", 0),
        "storageMiB": need.get("storageMiB", 0),
    }


def total(demands: Iterable[Demand], places: Mapping[str, Place]) -> dict[Place, Amounts]:
    """What a placement takes from each zone: the reservation it amounts to."""
    return _sum_by_place((places[demand.id], amounts(demand)) for demand in demands)


def reserved(reservations: Iterable[Iterable[tuple[str, str, Amounts]]]) -> dict[Place, Amounts]:
    """The sum of what reservations take: each [(vim, zone, amounts), …]."""
    return _sum_by_place(
        ((vim, zone), amounts) for reservation in reservations for vim, zone, amounts in reservation
    )


def zone_is_node(zone: Zone) -> bool:
    """Whether who shares the zone shares the node too."""
    return bool(zone["features"].get("node", zone["vimType"] == "baremetal"))


@dataclass(frozen=True)
class Lack:
    """Why VNFCs cannot go to a zone; `for_good`: whatever is freed or added there."""

    reason: str
    for_good: bool = False


@dataclass
class Room:
    """A zone while it is being filled."""

    zone: Zone
    free: Amounts
    demands: list[Demand] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """The zone, as it is stored."""
        return self.zone["vim"], self.zone["id"]

    def lack(self, unit: Sequence[Demand]) -> Lack | None:
        """Why VNFCs that belong together cannot go here; None if they can."""
        if self.zone["state"] != "ENABLED":
            return Lack(f"{_name(self.zone)} is {self.zone['state']}")
        return self._broken_rule(unit) or self._shortage(unit)

    def take(self, unit: Sequence[Demand]) -> None:
        """They are here."""
        for name, amount in _sum(unit).items():
            self.free[name] = self.free.get(name, 0) - amount
        self.demands += unit

    def _broken_rule(self, unit: Sequence[Demand]) -> Lack | None:
        where = _name(self.zone)
        if clash := affinity.clash(unit, self.demands):
            one, other, scope = clash
            reason = f"anti-affinity ({scope}) keeps it apart from {other.what}"
            return Lack(f"{where} is not for {one.what}: {reason}", other in unit)
        if not zone_is_node(self.zone) and (scope := _node_together(unit)):
            reason = "which node of a zone a VNFC gets is the VIM's choice"
            members = _list(unit)
            return Lack(
                f"{where} cannot keep affinity ({scope}) between {members}: {reason}", for_good=True
            )
        return None

    def _shortage(self, unit: Sequence[Demand]) -> Lack | None:
        short = [
            f"{amount} {WORDS[name]} wanted, {max(0, self.free.get(name, 0))} of "
            f"{self.zone['total'].get(name, 0)} free"
            for name, amount in _sum(unit).items()
            if amount and self.free.get(name, 0) < amount
        ]
        if not short:
            return None
        return Lack(f"{_name(self.zone)} has no room for {_list(unit)}: {'; '.join(short)}")


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
    return all(zone["features"].get("overlay", zone["vimType"] != "baremetal") for zone in zones)


def _fill(
    demands: Sequence[Demand], zones: Sequence[Zone], reserved: Mapping[Place, Amounts]
) -> tuple[dict[str, Place], list[Lack]]:
    """Everything into these zones; or, for each zone, why the first VNFCs that fit nowhere do not
    fit there."""
    rooms = [Room(zone, _free(zone, reserved.get((zone["vim"], zone["id"]), {}))) for zone in zones]
    for unit in affinity.units(demands):
        lacks = _put(unit, rooms)
        if lacks:
            return {}, lacks
    return {demand.id: room.place for room in rooms for demand in room.demands}, []


def _put(unit: Sequence[Demand], rooms: Sequence[Room]) -> list[Lack]:
    """Puts VNFCs into the first room that takes them; else what each room lacks."""
    lacks = []
    for room in rooms:
        lack = room.lack(unit)
        if lack is None:
            room.take(unit)
            return []
        lacks.append(lack)
    return lacks


def _free(zone: Zone, reserved: Amounts) -> Amounts:
    return {
        name: amount - zone["used"].get(name, 0) - reserved.get(name, 0)
        for name, amount in zone["total"].items()
        if isinstance(amount, int)
    }


def _node_together(unit: Sequence[Demand]) -> str:
    """The scope by which some of the unit must share a node; "" if none must."""
    for number, one in enumerate(unit):
        for other in unit[:number]:
            for scope in affinity.scopes_together(one, other):
                if scope in affinity.NODE:
                    return scope
    return ""


def _sum(unit: Iterable[Demand]) -> Amounts:
    result = dict.fromkeys(WORDS, 0)
    for demand in unit:
        _add(result, amounts(demand))
    return result


def _sum_by_place(parts: Iterable[tuple[Place, Amounts]]) -> dict[Place, Amounts]:
    result: dict[Place, Amounts] = {}
    for place, amount in parts:
        _add(result.setdefault(place, {}), amount)
    return result


def _add(result: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        result[name] = result.get(name, 0) + amount


def _refusal(demands: Sequence[Demand], lacks: Sequence[Lack]) -> Problem:
    reasons = " ".join(f"{lack.reason}." for lack in lacks) or "There is no zone at all."
    if lacks and all(lack.for_good for lack in lacks):
        title = "Affinity that cannot be kept"
        return Problem(422, f"No place for {_list(demands)}. {reasons}", title=title)
    return Problem(
        409,
        f"No capacity for {_list(demands)}. {reasons} Free something, or add a host or VIM.",
        title="No capacity",
    )


def _name(zone: Zone) -> str:
    kind = "host" if zone["vimType"] == "baremetal" else "zone"
    return f"VIM {zone['vim']}, {kind} {zone['id']}"


def _list(demands: Sequence[Demand]) -> str:
    names = [demand.what for demand in demands]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
