# SPDX-License-Identifier: Apache-2.0
"""Placement: which zone of which VIM each VNFC goes to. Pure: wants and zones in, places out.

An algorithm is a function `(wants, zones, reserved) -> places` in ALGORITHMS:
    wants     [{"id", "what" (for people), "need": {"vcpus", "memoryMiB", "storageMiB",
    "pinning"}}], and where affinity rules
              say so {"members": names it goes by, "with": {scope: names}, "apart": {scope: names}}
              (nfvo.affinity)
    zones     [{"vim", "vimType", "id", "state", "total": {…}, "used": {…}, "features": {…}}]
    reserved  {(vim, zone): {amounts}} promised to operations that have not allocated yet
    places    {want id: (vim, zone)}; Problem 409 tells for every zone what is short
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mano.problems import Problem
from nfvo import affinity

Want = dict[str, Any]
Zone = dict[str, Any]
Place = tuple[str, str]
Amounts = dict[str, int]

# The scopes of affinity rules (IFA011 7.1.8.11) that a zone decides: a host of the bare-metal VIM
# is a zone of its own. Which node of a zone it is, other VIMs decide. Everything goes to one VIM,
# so nothing can be apart by NFVI-PoP or zone group.
NODE = ("nfvi_node", "network_link_and_node")
WORDS = {
    "vcpus": "vCPUs",
    "dedicatedCpus": "dedicated CPUs",
    "memoryMiB": "MiB of memory",
    "storageMiB": "MiB of storage",
}


def first_fit(
    wants: list[Want], zones: list[Zone], reserved: dict[Place, Amounts]
) -> dict[str, Place]:
    """The first VIM into which everything goes; in it each VNFC, largest first, to the first zone
    with room.

    VNFCs that are to be together are placed as one, those that are to be apart never meet in a
    zone. Where a VIM's virtual links do not reach from zone to zone (bare metal without overlays),
    all go to one zone."""
    ordered = sorted(wants, key=lambda want: (-amounts(want)["memoryMiB"], -amounts(want)["vcpus"]))
    short: list[str] = []
    for vim in dict.fromkeys(zone["vim"] for zone in zones):
        own = [zone for zone in zones if zone["vim"] == vim]
        groups = [own] if _spans(own) else [[zone] for zone in own]
        for group in groups:
            places, lacks = _fill(ordered, group, reserved)
            if not lacks:
                return places
            short += lacks
    raise Problem(
        409,
        "No capacity for "
        + _list(wants)
        + ". "
        + " ".join(f"{text}." for text in short or ["There is no zone at all"])
        + " Free something, or add a host or VIM.",
        title="No capacity",
    )


ALGORITHMS: dict[
    str, Callable[[list[Want], list[Zone], dict[Place, Amounts]], dict[str, Place]]
] = {"first-fit": first_fit}


def amounts(want: Want) -> Amounts:
    """What a VNFC takes from a zone."""
    need = want["need"]
    dedicated = need.get("pinning") == "dedicated"
    return {
        "vcpus": 0 if dedicated else need.get("vcpus", 0),
        "dedicatedCpus": need.get("vcpus", 0) if dedicated else 0,
        "memoryMiB": need.get("memoryMiB", 0),
        "storageMiB": need.get("storageMiB", 0),
    }


def total(wants: list[Want], places: dict[str, Place]) -> dict[Place, Amounts]:
    """What a placement takes from each zone: the reservation it amounts to."""
    result: dict[Place, Amounts] = {}
    for want in wants:
        taken = result.setdefault(places[want["id"]], {})
        for name, amount in amounts(want).items():
            taken[name] = taken.get(name, 0) + amount
    return result


def reserved(takings: Iterable[Iterable[tuple[str, str, Amounts]]]) -> dict[Place, Amounts]:
    """The sum of what reservations take: each [(vim, zone, amounts), …]."""
    result: dict[Place, Amounts] = {}
    for vim, zone, taken in (one for taking in takings for one in taking):
        known = result.setdefault((vim, zone), {})
        for name, amount in taken.items():
            known[name] = known.get(name, 0) + amount
    return result


def _spans(zones: list[Zone]) -> bool:
    return all(
        zone.get("features", {}).get("overlay", zone["vimType"] != "baremetal") for zone in zones
    )


def _fill(
    wants: list[Want], zones: list[Zone], reserved: dict[Place, Amounts]
) -> tuple[dict[str, Place], list[str]]:
    """Everything into these zones; or, for each zone, why the first VNFCs that fit nowhere do not
    fit there."""
    free = {
        (zone["vim"], zone["id"]): _free(zone, reserved.get((zone["vim"], zone["id"]), {}))
        for zone in zones
    }
    there: dict[Place, list[Want]] = {place: [] for place in free}
    for unit in affinity.units(wants):
        lacks = []
        for zone in zones:
            place = (zone["vim"], zone["id"])
            if lack := _lack(zone, free[place], unit, there[place]):
                lacks.append(lack)
                continue
            for name, amount in _sum(unit).items():
                free[place][name] = free[place].get(name, 0) - amount
            there[place] += unit
            break
        else:
            return {}, lacks
    return {want["id"]: place for place, placed in there.items() for want in placed}, []


def _sum(unit: list[Want]) -> Amounts:
    return {name: sum(amounts(want)[name] for want in unit) for name in WORDS}


def _free(zone: Zone, reserved: Amounts) -> Amounts:
    return {
        name: amount - zone["used"].get(name, 0) - reserved.get(name, 0)
        for name, amount in zone["total"].items()
        if isinstance(amount, int)
    }


def _lack(zone: Zone, free: Amounts, unit: list[Want], there: list[Want]) -> str:
    """Why VNFCs that belong together cannot go to a zone; "" if they can."""
    where = (
        f"VIM {zone['vim']}, {'host' if zone['vimType'] == 'baremetal' else 'zone'} {zone['id']}"
    )
    if zone["state"] != "ENABLED":
        return f"{where} is {zone['state']}"
    if clash := affinity.clash(
        unit, there, NODE + ("zone",) if zone["vimType"] == "baremetal" else ("zone",)
    ):
        return f"{where} is not for {clash[0]['what']}: anti-affinity ({clash[2]}) keeps it apart from {clash[1]['what']}"
    short = [
        f"{amount} {WORDS[name]} wanted, {max(0, free.get(name, 0))} of {zone['total'].get(name, 0)} free"
        for name, amount in _sum(unit).items()
        if amount and free.get(name, 0) < amount
    ]
    return f"{where} has no room for {_list(unit)}: {'; '.join(short)}" if short else ""


def _list(wants: list[Want]) -> str:
    names = [want["what"] for want in wants]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
