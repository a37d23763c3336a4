# SPDX-License-Identifier: Apache-2.0
"""What a VNFD says of its life cycle: coordination, and change of package."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class LcmCoordination:
    """VnfLcmOperationCoordination (IFA011 7.1.16): `operations` are those that name it."""

    id: str
    action: str
    endpoint_type: str | None = None
    stage: str | None = None
    operations: list[str] = field(default_factory=list)
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PackageChange:
    """VnfPackageChangeInfo (IFA011 7.1.15.2). `selectors` and `mappings` hold SOL001's names.

    `actions` are ids of LcmCoordinations, `referenced_actions` names of actions that this VNFD does
    not specify."""

    id: str
    qualifier: str = "up"
    destination_flavour: str = ""
    selectors: list[dict[str, Any]] = field(default_factory=list)
    mappings: list[dict[str, Any]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    referenced_actions: list[str] = field(default_factory=list)
    description: str = ""
