# SPDX-License-Identifier: Apache-2.0
"""How often an address may try what costs us something: so many times a minute, and as many at
once."""

from __future__ import annotations

import collections
import ipaddress
import math
import time

MINUTE = 60.0
MANY = 10_000  # addresses that are remembered at the most


class Attempts:
    """What each address has tried lately; used by one thread."""

    def __init__(self, per_minute: int):
        self.per_minute = per_minute
        # When an address would be as one that never tried; the one that tried last comes last.
        self._clear_at: collections.OrderedDict[str, float] = collections.OrderedDict()

    def __len__(self) -> int:
        return len(self._clear_at)

    def wait(self, address: str, now: float | None = None) -> int:
        """Counts one more try of the address; 0, or seconds until it may try again."""
        now = time.monotonic() if now is None else now
        source = _source(address)
        clear_at = max(self._clear_at.get(source, now), now) + MINUTE / self.per_minute
        if clear_at - now > MINUTE:
            return math.ceil(clear_at - now - MINUTE)
        self._clear_at[source] = clear_at
        self._clear_at.move_to_end(source)
        if len(self._clear_at) > MANY:
            self._clear_at.popitem(last=False)
        return 0


def _source(address: str) -> str:
    """Who has one IPv6 address has its /64."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
