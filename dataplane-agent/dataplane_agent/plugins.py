# SPDX-License-Identifier: Apache-2.0
"""Runtimes and interconnects are found by entry point, so that one more touches no file of ours."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from typing import Any


def load(group: str) -> dict[str, Any]:
    """One of each kind that is installed, by name; one that does not load is told to the log."""
    plugins = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        try:
            plugins[entry.name] = entry.load()()
        except (ImportError, AttributeError) as error:
            print(f"{group}: {entry.value} does not load: {error}", file=sys.stderr, flush=True)
    return plugins
