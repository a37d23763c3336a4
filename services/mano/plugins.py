# SPDX-License-Identifier: Apache-2.0
"""Kinds of things that packages bring: found by entry point, so that one more touches no file here.

A package names them in its pyproject.toml, under [project.entry-points."mano.vims"] and so on.
What finds them is imported when it is asked, for pure decisions import this module."""

from __future__ import annotations

import functools
import pathlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

NOT_SOURCES = ("site-packages", "dist-packages")


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
    _projects.cache_clear()


@functools.cache
def _entries(group: str) -> dict[str, EntryPoint]:
    """The entry points by name, looked for once; what is installed precedes what is source."""
    from importlib.metadata import entry_points

    installed = {entry.name: entry for entry in entry_points(group=group)}
    return {entry.name: entry for entry in _of_sources(group)} | installed


def _of_sources(group: str) -> Iterator[EntryPoint]:
    """Those of packages on the path that run from their sources, which need not be installed."""
    from importlib.metadata import EntryPoint

    for project in _projects():
        entries = project.get("entry-points", {}).get(group, {})
        for name, value in entries.items():
            yield EntryPoint(name, value, group)


@functools.cache
def _projects() -> list[dict[str, Any]]:
    import tomllib

    projects = []
    for folder in map(pathlib.Path, sys.path):
        if folder.name in NOT_SOURCES:
            continue
        for path in (*folder.glob("pyproject.toml"), *folder.glob("*/pyproject.toml")):
            with path.open("rb") as file:
                projects.append(tomllib.load(file).get("project", {}))
    return projects
