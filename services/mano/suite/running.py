# SPDX-License-Identifier: Apache-2.0
"""Which suite runs on a data directory: a lock while it runs, and a record of what it is."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
from collections.abc import Iterator
from typing import TypedDict

from mano.suite import processes


class Busy(Exception):
    """Another suite runs on this data directory."""


class Record(TypedDict, total=False):
    """The suite that was started last; empty if none ever was."""

    pid: int
    nfvo: str  # the root of its REST side
    vnfm: str
    host: str  # this machine's name as an NFVI host
    started: float  # seconds since the epoch


def write(data: pathlib.Path, record: Record) -> None:
    """Records what runs now."""
    new = data / f".suite.json.{os.getpid()}"
    new.write_text(json.dumps(record))
    new.rename(data / "suite.json")


def read(data: pathlib.Path) -> Record:
    """What was recorded last, whether it still runs or not."""
    try:
        record: Record = json.loads((data / "suite.json").read_text())
        return record
    except (OSError, ValueError):
        return {}


@contextlib.contextmanager
def lock(data: pathlib.Path) -> Iterator[None]:
    """Keeps other suites off this data directory; Busy if one is there.

    The kernel frees the lock however we end.
    """
    with (data / "suite.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = read(data).get("pid")  # of the one before, while the one that runs is starting
            pid = pid if processes.alive(pid) else None
            raise Busy(
                f"a suite runs on {data} already{f' (pid {pid})' if pid else ''}: "
                "see `mano status`, end it with `mano down`, or choose another --data"
            ) from None
        yield


def is_locked(data: pathlib.Path) -> bool:
    """Whether a suite runs on this data directory; to ask leaves nothing there."""
    if not (data / "suite.lock").exists():
        return False
    try:
        with lock(data):
            return False
    except Busy:
        return True
    except OSError:
        return False
