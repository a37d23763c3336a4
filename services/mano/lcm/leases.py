# SPDX-License-Identifier: Apache-2.0
"""Addresses on links, by the CP that has them; released only when an operation has ended.

Whoever owns a link owns its leases. They are taken with the target of an operation, and no rollback
takes them back: what comes back finds its address."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field


@dataclass
class Leases:
    """By link, the address of each CP."""

    held: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, link: str, cp: str, addresses: Iterator[str]) -> str:
        """The address that the CP has on the link, or the first of `addresses` that nobody has."""
        of_link = self.held.setdefault(link, {})
        if cp not in of_link:
            taken = set(of_link.values())
            of_link[cp] = next(address for address in addresses if address not in taken)
        return of_link[cp]

    def keep_only(self, cps: Collection[str]) -> None:
        """The leases of all other CPs end."""
        self.held = {
            link: {cp: address for cp, address in of_link.items() if cp in cps}
            for link, of_link in self.held.items()
        }
