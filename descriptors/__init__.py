# SPDX-License-Identifier: Apache-2.0
"""The TOSCA toolchain: reads, checks and builds CSARs with VNFDs and NSDs (SOL001, SOL004, SOL007).

`read(path)` gives a `Package` with every finding; `build(folder, out)` makes a CSAR. A service
reads through `descriptors.pool.Pool`, which does the same in a child process with limits."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from descriptors.package import File, Finding, Limits, Package

if TYPE_CHECKING:
    from descriptors.building import build
    from descriptors.reading import read

__all__ = ["File", "Finding", "Limits", "Package", "build", "read"]
_LATE = {"build": "descriptors.building", "read": "descriptors.reading"}


def __getattr__(name: str) -> Any:
    """`read` and `build` at their first use: a service needs the model only, not the parser."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATE[name]), name)
