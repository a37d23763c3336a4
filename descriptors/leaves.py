# SPDX-License-Identifier: Apache-2.0
"""Leaves of a YAML document taken for what they are to be, whatever was written there."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]  # a map of a YAML file, as read: what is in it is told by who looks


def integer(value: object, otherwise: int = 0) -> int:
    """A whole number, also where it was written as text."""
    if isinstance(value, str) and value.strip().isdigit() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def text(value: object) -> str:
    """A string, also where YAML made a number of it.

    "" for anything else (an unresolved function, None)."""
    return (
        str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    )


def mapping(value: object) -> Tree:
    """The map, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """A list of strings; what is not a scalar is left out."""
    return [text(item) for item in sequence(value) if text(item)]


def others(value: Tree, *names: str) -> Tree:
    """What a map says, leaving out these names and what is not set."""
    return {
        name: item
        for name, item in value.items()
        if name not in names and item not in (None, {}, [])
    }
