# SPDX-License-Identifier: Apache-2.0
"""How the clients wait: they ask again and again, as clients do; one alone asks often, one of many
less so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

OFTEN = 0.005  # seconds
PATIENCE = 120.0


class Late(Exception):
    """What was waited for did not come."""


def often() -> Iterator[float]:
    """For a client that measures: every 5 ms."""
    while True:
        yield OFTEN


def politely() -> Iterator[float]:
    """For a client among many: later each time, up to a quarter of a second."""
    pause = 0.04
    while True:
        yield pause
        pause = min(pause * 1.5, 0.25)


def until(
    look: Callable[[], Any],
    good: Callable[[Any], bool],
    pauses: Callable[[], Iterator[float]] = often,
) -> Any:
    """What `look` gives once it is good; Late after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    value = look()
    for pause in pauses():
        if good(value):
            return value
        if time.monotonic() > end:
            raise Late(f"not within {PATIENCE:.0f} s; last seen: {value}")
        time.sleep(pause)
        value = look()
