# SPDX-License-Identifier: Apache-2.0
"""Kinds of things that packages bring: found by entry point, so that one more touches no file here.

A package names them in its pyproject.toml, under [project.entry-points."mano.vims"] and so on; they
are there once it is installed, from its sources (`pip install -e`) or as a wheel."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Unknown(LookupError):
    """No package brings what is asked for; says what there is."""


def names(group: str) -> list[str]:
    """The kinds that are installed."""
    return sorted(_entries(group))


def load(group: str, name: str) -> Any:
    """What a package brings under that name; Unknown if none does."""
    entries = _entries(group)
    if name not in entries:
        installed = ", ".join(sorted(entries)) or "none"
        raise Unknown(f"{name!r} is not installed in the group {group}; there are: {installed}")
    return entries[name].load()


def forget() -> None:
    """Looks anew at what is installed: the path has changed."""
    _entries.cache_clear()


@functools.cache
def _entries(group: str) -> dict[str, EntryPoint]:
    """The entry points by name, looked for once."""
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=group)}
