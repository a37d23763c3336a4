# SPDX-License-Identifier: Apache-2.0
"""What placement speaks of: VNFCs that demand, zones that have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from mano.sol.vnf_parameters import Need
from nfvo import affinity

Place = tuple[str, str]  # VIM, zone
Amounts = dict[str, int]
KINDS = ("vcpus", "dedicatedCpus", "memoryMiB", "storageMiB")


@dataclass(frozen=True)
class Demand:
    """A VNFC to be placed."""

    id: str  # the key of its place in the answer
    what: str  # its name for people, in refusals
    need: Need  # as `vnfcs.need` takes it from the VNFD
    rules: affinity.Rules = affinity.NO_RULES  # whom it is to be with or apart from, by scope


class Zone(TypedDict):
    """A zone of a VIM, as the VIM port states it, and whose it is."""

    vim: str  # the VIM's id
    vimType: str
    id: str  # the VIM's id of it
    state: str  # only "ENABLED" takes anything
    total: dict[str, Any]  # Amounts of the VIM port
    used: dict[str, int]  # likewise
    features: dict[str, Any]  # the zone's, and "overlay", "node", "host" of its VIM


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


def sum_of(unit: Iterable[Demand]) -> Amounts:
    """What VNFCs take together."""
    result = dict.fromkeys(KINDS, 0)
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
