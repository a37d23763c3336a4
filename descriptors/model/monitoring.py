# SPDX-License-Identifier: Apache-2.0
"""What is measured of a VNF or NS, and where it is to be had."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MonitoringParameter:
    """MonitoringParameter (IFA011 7.1.11.3, IFA014 6.2.7): `of` is the node it is measured at,
    `period` in seconds."""

    id: str
    name: str
    metric: str
    of: str = ""
    period: float | None = None


@dataclass(frozen=True)
class VnfIndicator:
    """VnfIndicator (IFA011 7.1.11.2); `triggers` as written: which event calls which action under
    which condition."""

    id: str
    source: str = "vnf"
    targets: list[str] = field(default_factory=list)
    triggers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VnfInterface:
    """VnfInterfaceDetails (IFA011 7.1): `name` is vnf_indicator, …; to be reached at the CPs
    `targets`."""

    id: str
    name: str
    targets: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
