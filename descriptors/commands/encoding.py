# SPDX-License-Identifier: Apache-2.0
"""Output on a terminal or into a file that has no UTF-8.

A simpler sign stands for one that cannot be written."""

from __future__ import annotations

import codecs
import io
import sys

SIMPLER = {
    "…": "...",
    "→": "->",
    "×": "x",
    "↕": "^",
    "·": "-",
    "–": "-",
    "─": "-",
    "│": "|",
    "├": "+",
    "└": "+",
}


def allow_any() -> None:
    """No character ends the program from here on."""
    codecs.register_error("simpler", _simpler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="simpler")


def _simpler(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(SIMPLER.get(sign, "?") for sign in signs), error.end
