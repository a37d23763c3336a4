# SPDX-License-Identifier: Apache-2.0
"""Processes as /proc shows them: which run, since when, with what memory, and how they are
ended."""

from __future__ import annotations

import os
import pathlib
import signal
import time
from collections.abc import Sequence

PROC = pathlib.Path("/proc")


def alive(pid: int | None) -> bool:
    """Whether a process runs; one that has ended and was not yet reaped does not."""
    return pid is not None and _stat(pid)[:1] not in ([], ["Z"], ["X"])


def find(arguments: Sequence[str]) -> list[int]:
    """Pids of the processes of ours whose command line has these arguments, in this order, one
    after the other."""
    wanted = "\0".join(arguments).encode()
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
            if b"\0" + wanted + b"\0" in b"\0" + line and entry.stat().st_uid == os.geteuid():
                found.append(int(entry.name))
        except OSError:  # it ended while we looked
            continue
    return sorted(pid for pid in found if alive(pid) and pid != os.getpid())


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*"):
        if stat := _stat(int(entry.name)):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo[0])
        todo = todo[1:] + children.get(todo[0], [])
    return found


def memory(pids: list[int]) -> int:
    """The proportional set size of some processes together, in bytes."""
    return sum(_pss(pid) for pid in pids)


def end(pid: int, patience: float, *, by: int = signal.SIGTERM) -> bool:
    """Asks a process to end and waits; kills it when that takes too long. Whether it ended by
    itself."""
    if not _signal(pid, by):
        return True
    until = time.monotonic() + patience
    while alive(pid):
        if time.monotonic() > until:
            _signal(pid, signal.SIGKILL)
            return False
        time.sleep(0.02)
    return True


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
