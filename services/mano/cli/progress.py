# SPDX-License-Identifier: Apache-2.0
"""Waiting for what was accepted: onboardings and life cycle operations, with what is going on shown
meanwhile."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from mano.cli.client import Client
from mano.cli.failures import Failure

POLL = 0.1  # seconds, growing to POLL_MAX
POLL_MAX = 1.0
ENDED = ("COMPLETED", "PARTIALLY_COMPLETED", "FAILED", "ROLLED_BACK", "FAILED_TEMP")


def operation(
    client: Client, api: str, path: str, what: str, patience: float = 600
) -> dict[str, Any]:
    """The operation occurrence at `path` once it has ended well; Failure with its error if not."""
    found = until(
        lambda: client.get(api, path),
        lambda document: document["operationState"] in ENDED,
        lambda document: f"{what}: {document['operationState']}",
        patience,
    )
    state = found["operationState"]
    if state not in ("COMPLETED", "PARTIALLY_COMPLETED"):
        error = found.get("error") or {}
        do = (
            f"; `mano op retry {found['id']}` or `mano op rollback {found['id']}`"
            if state == "FAILED_TEMP"
            else ""
        )
        raise Failure(f"{what}: {state}: {error.get('detail', 'no reason was given')}{do}")
    return found


def until(
    look: Callable[[], dict[str, Any]],
    good: Callable[[dict[str, Any]], bool],
    say: Callable[[dict[str, Any]], str],
    patience: float,
) -> dict[str, Any]:
    """Looks again and again until it is good; Failure when that takes too long."""
    end, pause = time.monotonic() + patience, POLL / 2
    found = look()
    with status(say(found)) as tell:
        while not good(found):
            if time.monotonic() > end:
                raise Failure(
                    f"{say(found)}, still, after {patience:.0f} s; it goes on: see `mano op list` and `mano status`"
                )
            time.sleep(pause)
            pause = min(pause * 1.3, POLL_MAX)
            found = look()
            tell(say(found))
    return found


@contextlib.contextmanager
def status(text: str) -> Iterator[Callable[[str], None]]:
    """A line that shows what is going on, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console

    with Console(stderr=True).status(text) as line:
        yield line.update
