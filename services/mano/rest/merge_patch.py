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


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The smallest patch that makes `after` of `before`."""
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            if changed := difference(old, value):
                patch[name] = changed
        elif name not in before or value != old:
            patch[name] = value
    return patch
