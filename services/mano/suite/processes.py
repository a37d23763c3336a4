# SPDX-License-Identifier: Apache-2.0
"""Processes of this machine: which run, with what memory, and how they are ended."""

from __future__ import annotations

import os
import pathlib
import signal
import time
from collections.abc import Sequence

import psutil

ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
LOOK_EVERY = 0.02  # seconds, while one waits for an end


def alive(pid: int | None) -> bool:
    """Whether a process runs; one that has ended and was not yet reaped does not."""
    process = look(pid)
    return process is not None and runs(process)


def look(pid: int | None) -> psutil.Process | None:
    """The process that has this pid now; None if there is none that we may see."""
    try:
        return None if pid is None else psutil.Process(pid)
    except psutil.Error:
        return None


def runs(process: psutil.Process) -> bool:
    """Whether it still runs, and its pid has not become somebody else's."""
    try:
        return process.is_running() and process.status() not in ENDED
    except psutil.Error:
        return False


def find(arguments: Sequence[str]) -> list[int]:
    """Pids of our user's processes with these arguments, one after the other in this order."""
    return sorted(
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if _contains(process.info["cmdline"] or [], list(arguments))
        and process.pid != os.getpid()
        and _is_ours(process)
        and runs(process)
    )


def holder_of(lock: pathlib.Path) -> int | None:
    """The pid of our user's process that holds a lock (flock) on a file; None if nobody does."""
    try:
        file = lock.stat()
        entries = pathlib.Path("/proc/locks").read_text().splitlines()
    except OSError:
        return None
    name = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    for entry in entries:  # 1: FLOCK ADVISORY WRITE <pid> <device>:<inode> 0 EOF
        words = entry.split()
        if words[1] == "FLOCK" and words[5] == name:
            process = look(int(words[4]))
            return process.pid if process and _is_ours(process) else None
    return None


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        descendants = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        descendants = []
    return [pid, *(process.pid for process in descendants)]


def memory(pids: Sequence[int]) -> int:
    """The proportional set size of some processes together, in bytes."""
    return sum(map(_proportional_set_size, pids))


def end(pid: int, patience: float, *, by: signal.Signals = signal.SIGTERM) -> bool:
    """Asks a process to end and waits; kills it when that takes too long.

    Whether it ended by itself.
    """
    process = look(pid)
    if process is None or not send(process, by):
        return True
    deadline = time.monotonic() + patience
    while runs(process):
        if time.monotonic() > deadline:
            send(process, signal.SIGKILL)
            return False
        time.sleep(LOOK_EVERY)
    return True


def send(process: psutil.Process, number: signal.Signals) -> bool:
    """Sends a signal; whether the process was still there."""
    try:
        process.send_signal(number)
        return True
    except psutil.NoSuchProcess:
        return False


def _contains(words: list[str], part: list[str]) -> bool:
    starts = range(len(words) - len(part) + 1)
    return any(words[start : start + len(part)] == part for start in starts)


def _is_ours(process: psutil.Process) -> bool:
    try:
        return bool(process.uids().effective == os.geteuid())
    except psutil.Error:  # it ended while we looked
        return False


def _proportional_set_size(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_full_info().pss)
    except psutil.Error:
        return 0
