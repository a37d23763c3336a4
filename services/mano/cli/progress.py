# SPDX-License-Identifier: Apache-2.0
"""Waiting for onboardings and life cycle operations, with what is going on shown meanwhile."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mano.cli.failures import Failure

if TYPE_CHECKING:
    from mano.cli.client import Client, Document

POLL = 0.1  # seconds, growing to POLL_MAX
POLL_MAX = 1.0
GOOD = ("COMPLETED", "PARTIALLY_COMPLETED")
ENDED = (*GOOD, "FAILED", "ROLLED_BACK", "FAILED_TEMP")


def operation(client: Client, api: str, path: str, title: str, patience: float = 600) -> Document:
    """The operation occurrence at `path` once it has ended well; Failure with its error if not."""
    occurrence = ended(client, api, path, title, patience)
    state, id = occurrence["operationState"], occurrence["id"]
    if state not in GOOD:
        reason = (occurrence.get("error") or {}).get("detail", "no reason was given")
        advice = f"; `mano op retry {id}` or `mano op rollback {id}`"
        raise Failure(f"{title}: {state}: {reason}{advice if state == 'FAILED_TEMP' else ''}")
    return occurrence


def ended(client: Client, api: str, path: str, title: str, patience: float) -> Document:
    """The operation occurrence at `path` once it has ended, however."""
    return until(
        lambda: client.get(api, path),
        lambda occurrence: occurrence["operationState"] in ENDED,
        lambda occurrence: f"{title}: {occurrence['operationState']}",
        patience,
    )


def until(
    look: Callable[[], Document],
    is_good: Callable[[Document], bool],
    describe: Callable[[Document], str],
    patience: float,
) -> Document:
    """Looks again and again until it is good; Failure when that takes too long."""
    deadline, pause = time.monotonic() + patience, POLL / 2
    document = look()
    with status(_now(describe, document)) as update:
        while not is_good(document):
            if time.monotonic() > deadline:
                raise Failure(
                    f"{_now(describe, document)}, still, after {patience:.0f} s; "
                    "it goes on: see `mano op list` and `mano status`"
                )
            time.sleep(pause)
            pause = min(pause * 1.3, POLL_MAX)
            document = look()
            update(_now(describe, document))
    return document


def _now(describe: Callable[[Document], str], document: Document) -> str:
    """How it is, and what it waits for where a peer is late."""
    late = document.get("waitingFor")
    if not late:
        return describe(document)
    first = late[0]
    reason = first.get("reason") or f"{first['what']}: {first['peer']} does not answer"
    more = f" and {len(late) - 1} more" if len(late) > 1 else ""
    return f"{describe(document)} (since {first['since']} waits for {reason}{more})"


@contextlib.contextmanager
def status(text: str) -> Iterator[Callable[[str], None]]:
    """A line that shows what is going on, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console

    with Console(stderr=True).status(text) as line:
        yield line.update
