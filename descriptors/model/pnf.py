# SPDX-License-Identifier: Apache-2.0
"""The PNFD as typed values, in the words of IFA014."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from descriptors.model.rules import SecurityGroupRule
from descriptors.model.vnf import ExtCpd


@dataclass(frozen=True)
class Pnfd:
    """PNFD (IFA014 6.6). `requirements`: what an NSD names -> external CP; `properties`: what has
    no field here."""

    id: str
    provider: str
    name: str
    version: str
    description: str = ""  # function_description
    invariant_id: str = ""
    ext_invariant_id: str = ""
    ext_cpds: dict[str, ExtCpd] = field(default_factory=dict)
    requirements: dict[str, str] = field(default_factory=dict)
    security_groups: list[SecurityGroupRule] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
