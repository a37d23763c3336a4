# SPDX-License-Identifier: Apache-2.0
"""Placement: which zone of which VIM each VNFC goes to. Pure: wants and zones in, places out.

An algorithm is a function `(wants, zones, reserved) -> places` in ALGORITHMS:
    wants     [{"id", "what" (for people), "need": {"vcpus", "memoryMiB", "storageMiB", "pinning"}}]
    zones     [{"vim", "vimType", "id", "state", "total": {…}, "used": {…}, "features": {…}}]
    reserved  {(vim, zone): {amounts}} promised to operations that have not allocated yet
    places    {want id: (vim, zone)}; Problem 409 tells for every zone what is short
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mano.rest import Problem

Want = dict[str, Any]
Zone = dict[str, Any]
Place = tuple[str, str]
Amounts = dict[str, int]

WORDS = {"vcpus": "vCPUs", "dedicatedCpus": "dedicated CPUs", "memoryMiB": "MiB of memory", "storageMiB": "MiB of storage"}


def first_fit(wants: list[Want], zones: list[Zone], reserved: dict[Place, Amounts]) -> dict[str, Place]:
    """The first VIM into which everything goes; in it each VNFC, largest first, to the first zone with room.

    Where a VIM's virtual links do not reach from zone to zone (bare metal without overlays), all go to one zone.
    """
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
    raise Problem(409, "No capacity for " + _list(wants) + ". " + " ".join(f"{text}." for text in short or ["There is no zone at all"])
                  + " Free something, or add a host or VIM.", title="No capacity")


ALGORITHMS: dict[str, Callable[[list[Want], list[Zone], dict[Place, Amounts]], dict[str, Place]]] = {"first-fit": first_fit}


def amounts(want: Want) -> Amounts:
    """What a VNFC takes from a zone."""
    need = want["need"]
    dedicated = need.get("pinning") == "dedicated"
    return {"vcpus": 0 if dedicated else need.get("vcpus", 0), "dedicatedCpus": need.get("vcpus", 0) if dedicated else 0,
            "memoryMiB": need.get("memoryMiB", 0), "storageMiB": need.get("storageMiB", 0)}


def total(wants: list[Want], places: dict[str, Place]) -> dict[Place, Amounts]:
    """What a placement takes from each zone: the reservation it amounts to."""
    result: dict[Place, Amounts] = {}
    for want in wants:
        taken = result.setdefault(places[want["id"]], {})
        for name, amount in amounts(want).items():
            taken[name] = taken.get(name, 0) + amount
    return result


def _spans(zones: list[Zone]) -> bool:
    return all(zone.get("features", {}).get("overlay", zone["vimType"] != "baremetal") for zone in zones)


def _fill(wants: list[Want], zones: list[Zone], reserved: dict[Place, Amounts]) -> tuple[dict[str, Place], list[str]]:
    """Everything into these zones; or, for each zone, why the first VNFC that fits nowhere does not fit there."""
    free = {(zone["vim"], zone["id"]): _free(zone, reserved.get((zone["vim"], zone["id"]), {})) for zone in zones}
    places: dict[str, Place] = {}
    for want in wants:
        need = amounts(want)
        for zone in zones:
            place = (zone["vim"], zone["id"])
            if zone["state"] == "ENABLED" and all(free[place].get(name, 0) >= amount for name, amount in need.items() if amount):
                for name, amount in need.items():
                    free[place][name] = free[place].get(name, 0) - amount
                places[want["id"]] = place
                break
        else:
            return {}, [_lack(zone, free[(zone["vim"], zone["id"])], need, want) for zone in zones]
    return places, []


def _free(zone: Zone, reserved: Amounts) -> Amounts:
    return {name: amount - zone["used"].get(name, 0) - reserved.get(name, 0)
            for name, amount in zone["total"].items() if isinstance(amount, int)}


def _lack(zone: Zone, free: Amounts, need: Amounts, want: Want) -> str:
    where = f"VIM {zone['vim']}, {'host' if zone['vimType'] == 'baremetal' else 'zone'} {zone['id']}"
    if zone["state"] != "ENABLED":
        return f"{where} is {zone['state']}"
    short = [f"{amount} {WORDS[name]} wanted, {max(0, free.get(name, 0))} of {zone['total'].get(name, 0)} free"
             for name, amount in need.items() if amount and free.get(name, 0) < amount]
    return f"{where} has no room for {want['what']}: {'; '.join(short)}"


def _list(wants: list[Want]) -> str:
    names = [want["what"] for want in wants]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
