# SPDX-License-Identifier: Apache-2.0
"""Runtimes and interconnects are found by entry point, so that one more touches no file of ours."""

import functools
import os
import sys
import tomllib
from importlib.metadata import EntryPoint, entry_points
from typing import Any

PROJECT = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "pyproject.toml"
)


def load(group: str) -> dict[str, Any]:
    """One of each kind that is installed, by name; one that does not load is told to the log."""
    plugins = {}
    for entry in sorted({*entry_points(group=group), *_of_source(group)}, key=lambda e: e.name):
        try:
            plugins[entry.name] = entry.load()()
        except (ImportError, AttributeError) as e:
            print(f"{group}: {entry.value} does not load: {e}", file=sys.stderr, flush=True)
    return plugins


@functools.cache
def _of_source(group: str) -> tuple[EntryPoint, ...]:
    """Our own ones where we run from our sources, which need not be installed."""
    try:
        with open(PROJECT, "rb") as f:
            project = tomllib.load(f)["project"]
    except (OSError, KeyError):
        return ()
    own = project.get("entry-points", {}).get(group, {})
    return tuple(EntryPoint(name, value, group) for name, value in own.items())
