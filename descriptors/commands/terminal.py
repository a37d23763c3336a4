# SPDX-License-Identifier: Apache-2.0
"""The terminal, or what stands in its place."""

from __future__ import annotations

import os
import sys

from rich.console import Console, RenderableType

_WIDTH = 132  # where it goes into a file or another program


def display(page: RenderableType) -> None:
    """Prints it as wide as the terminal is."""
    has_width = sys.stdout.isatty() or "COLUMNS" in os.environ
    Console(highlight=False, width=None if has_width else _WIDTH).print(page)
