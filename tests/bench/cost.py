# SPDX-License-Identifier: Apache-2.0
"""What the suite costs, read from /proc: CPU seconds and memory of process trees, and how busy the
machine is."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable

from mano.suite import processes

TICKS = os.sysconf("SC_CLK_TCK")


def family(roots: Iterable[int]) -> set[int]:
    """The processes and all that descend from them."""
    return {pid for root in roots for pid in processes.tree(root)}


def cpu(roots: Iterable[int]) -> float:
    """CPU seconds that the trees have used so far, those of ended and reaped children included."""
    return sum(_ticks(pid) for pid in family(roots)) / TICKS


def pss(roots: Iterable[int]) -> int:
    """Bytes of memory, shared pages counted in proportion."""
    return processes.memory(sorted(family(roots)))


def peak(pid: int) -> int:
    """Bytes of memory that a process had at most."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def load() -> str:
    """The load averages over 1, 5 and 15 minutes."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def _ticks(pid: int) -> int:
    try:
        fields = (
            pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
