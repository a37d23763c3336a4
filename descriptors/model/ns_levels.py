# SPDX-License-Identifier: Apache-2.0
"""How large an NS is: its levels and scaling aspects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class NsLevel:
    """NsLevel (IFA014 6.3.9): how many of each profile, and the bit rates {link: {"root",
    "leaf"}}."""

    id: str
    description: str = ""
    vnfs: dict[str, int] = field(default_factory=dict)
    nss: dict[str, int] = field(default_factory=dict)
    bitrates: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class NsScalingAspect:
    """NsScalingAspect (IFA014 6.3.10): `levels` in order of the scale level, from 0 on."""

    id: str
    name: str = ""
    description: str = ""
    levels: list[NsLevel] = field(default_factory=list)
