# SPDX-License-Identifier: Apache-2.0
"""What packages of containers a VNF is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Mciop:
    """Mciop (IFA011 7.1.8.19): a Helm chart or the like, and the VDUs it makes. `path` is None
    where it is external."""

    id: str
    vdus: list[str] = field(default_factory=list)
    path: str | None = None
    artifacts: dict[str, Any] = field(default_factory=dict)
