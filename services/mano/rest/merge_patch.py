# SPDX-License-Identifier: Apache-2.0
"""JSON merge patches (RFC 7396): what a PATCH of a SOL resource sends."""

from __future__ import annotations

from typing import Any


def merge(target: object, patch: object) -> Any:
    """The target as the patch changes it: a new value, both arguments stay as they are.

    A member that is null goes, an object is merged into what is there, anything else replaces it.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged
