# SPDX-License-Identifier: Apache-2.0
"""Workers as leases name them: host, process, start time; so that a dead one is recognised."""

from __future__ import annotations

import functools
import os
import socket

HOST = socket.gethostname()


def worker() -> str:
    """This process."""
    return _named(os.getpid())  # by number, for a forked child is another


def is_here(name: str) -> bool:
    """Whether the worker is, or was, a process of this machine."""
    return name.startswith(f"{HOST}:")


def is_alive(name: str) -> bool:
    """Whether a worker of this machine still runs."""
    _, pid, started = name.rsplit(":", 2)
    return _started(int(pid)) == started


@functools.cache
def _named(pid: int) -> str:
    return f"{HOST}:{pid}:{_started(pid)}"


def _started(pid: int) -> str:
    """In the kernel's ticks since it booted: psutil's time moves whenever the clock is set."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""
