# SPDX-License-Identifier: Apache-2.0
"""Zones while they are being filled: what still fits, and why something does not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nfvo import affinity, capacity
from nfvo.capacity import Amounts, Demand, Place, Zone

WORDS = {
    "vcpus": "vCPUs",
    "dedicatedCpus": "dedicated CPUs",
    "memoryMiB": "MiB of memory",
    "storageMiB": "MiB of storage",
}
LISTED = 6  # of many VNFCs these are named


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
        for name, amount in capacity.sum_of(unit).items():
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
            members = listed(unit)
            return Lack(
                f"{where} cannot keep affinity ({scope}) between {members}: {reason}", for_good=True
            )
        return None

    def _shortage(self, unit: Sequence[Demand]) -> Lack | None:
        short = [
            f"{amount} {WORDS[name]} wanted, {max(0, self.free.get(name, 0))} of "
            f"{self.zone['total'].get(name, 0)} free"
            for name, amount in capacity.sum_of(unit).items()
            if amount and self.free.get(name, 0) < amount
        ]
        if not short:
            return None
        return Lack(f"{_name(self.zone)} has no room for {listed(unit)}: {'; '.join(short)}")


def empty(zone: Zone, reserved: Mapping[Place, Amounts]) -> Room:
    """A zone with what is neither used nor reserved of it."""
    place = (zone["vim"], zone["id"])
    return Room(zone, _free(zone, reserved.get(place, {})))


def zone_is_node(zone: Zone) -> bool:
    """Whether who shares the zone shares the node too."""
    return bool(zone["features"].get("node", False))


def listed(vnfcs: Iterable[Demand]) -> str:
    """Their names, for people."""
    names = [demand.what for demand in vnfcs]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


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


def _name(zone: Zone) -> str:
    kind = "host" if zone["features"].get("host", False) else "zone"
    return f"VIM {zone['vim']}, {kind} {zone['id']}"
