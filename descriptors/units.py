# SPDX-License-Identifier: Apache-2.0
"""TOSCA's scalar-units as numbers (TOSCA Simple Profile 1.3, 3.3.6)."""

from __future__ import annotations

import math
import re
from typing import Any

SIZES = {
    "b": 1,
    "kb": 10**3,
    "kib": 2**10,
    "mb": 10**6,
    "mib": 2**20,
    "gb": 10**9,
    "gib": 2**30,
    "tb": 10**12,
    "tib": 2**40,
}
TIMES = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
RATES = {
    "bps": 1,
    "kbps": 10**3,
    "mbps": 10**6,
    "gbps": 10**9,
    "tbps": 10**12,
    "kibps": 2**10,
    "mibps": 2**20,
    "gibps": 2**30,
    "tibps": 2**40,
}
FREQUENCIES = {"hz": 1, "khz": 10**3, "mhz": 10**6, "ghz": 10**9}
UNITS: dict[str, dict[str, Any]] = {
    "scalar-unit.size": SIZES,
    "scalar-unit.time": TIMES,
    "scalar-unit.bitrate": RATES,
    "scalar-unit.frequency": FREQUENCIES,
}
_SCALAR = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)\s*$")


def number(value: object, units: dict[str, Any]) -> float | None:
    """The value in the base unit (bytes, seconds, bit/s, Hz); a bare number counts as such. None:
    cannot be told."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(min(max(value, -1e300), 1e300))
    match = _SCALAR.match(value) if isinstance(value, str) and len(value) < 100 else None
    if match is None or match[2].lower() not in units:
        return None
    return float(match[1]) * float(units[match[2].lower()])


def mebibytes(value: object) -> int:
    """A size in MiB, rounded up; 0 where there is none. One beyond reason stays so: 2**60 MiB."""
    size = number(value, SIZES)
    return 0 if size is None else math.ceil(min(size, 2.0**80) / 2**20)
