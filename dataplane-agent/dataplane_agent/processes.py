# SPDX-License-Identifier: Apache-2.0
"""Processes of VNFCs as /proc shows them, and how they are ended.

A VNFC's process carries its identity in its environment: MANO_TAG, MANO_COMPUTE, MANO_CONFIG, and
MANO_MAIN (its own pid; children inherit it and so differ). No pid file can lie, and a restarted
agent sees what its predecessor saw."""

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass

GRACE = 0.3  # seconds between SIGTERM and SIGKILL


@dataclass(frozen=True)
class Process:
    """One process in a namespace of ours, or marked as ours; `compute` is "" for one that only
    visits."""

    pid: int
    inode: int  # of its network namespace
    compute: str = ""
    config: str = ""
    main: bool = False
    cpus: tuple[int, ...] = ()  # what the kernel lets it run on
    started: int = 0  # clock ticks since boot: tells a reused pid


def scan(tag: str, inodes: set[int]) -> list[Process]:
    """All processes in these network namespaces, and those that bear the tag wherever they are but
    here."""
    here, found = _inode("self"), []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        inode = _inode(entry)
        if inode and (inode in inodes or inode != here):
            process = _read(int(entry), inode, tag)
            if process and (inode in inodes or process.compute):
                found.append(process)
    return found


def of_state(folder: str) -> set[int]:
    """The VNFCs' processes that an agent with this state directory started, in whatever
    namespaces."""
    return {
        int(e)
        for e in os.listdir("/proc")
        if e.isdigit() and identity(int(e)).get("MANO_STATE") == folder
    }


def identity(pid: int) -> dict[str, str]:
    """The MANO_ variables of a process's environment; {} where it is gone, or not ours to see."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as f:
            pairs = [v.partition(b"=") for v in f.read().split(b"\0") if v.startswith(b"MANO_")]
    except OSError:
        return {}
    return {name.decode(): value.decode(errors="replace") for name, _, value in pairs}


def end(pids: set[int], grace: float = GRACE) -> set[int]:
    """SIGTERM, a short grace, SIGKILL; returns those that live on (none, unless they hang in the
    kernel)."""
    for pid in pids:
        _signal(pid, signal.SIGTERM)
    left = wait(pids, grace)
    for pid in left:
        _signal(pid, signal.SIGKILL)
    return wait(left, 2.0)


def wait(pids: set[int], seconds: float) -> set[int]:
    """Wait for processes to end, whoever their parent is; returns those that have not."""
    poll, left, until = select.poll(), {}, time.monotonic() + seconds
    for pid in pids:
        try:
            left[os.pidfd_open(pid)] = pid
        except OSError:
            continue
    for fd in left:
        poll.register(fd, select.POLLIN)
    try:
        while left and time.monotonic() < until:
            for fd, _ in poll.poll(max(1, int((until - time.monotonic()) * 1000))):
                poll.unregister(fd)
                os.close(fd)
                reap(left.pop(fd))
    finally:
        for fd in left:
            os.close(fd)
    return set(left.values())


def reap(pid: int) -> int | None:
    """The exit code of a child that ended (negative: by that signal), None where it is not our
    child."""
    try:
        done, status = os.waitpid(pid, os.WNOHANG)
    except OSError:
        return None
    return os.waitstatus_to_exitcode(status) if done else None


def pin(pid: int, cpus: tuple[int, ...]) -> None:
    """Let all threads of a process run on these CPUs only; OSError where the kernel refuses."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), cpus)


def _read(pid: int, inode: int, tag: str) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        cpus = tuple(sorted(os.sched_getaffinity(pid)))
    except OSError:
        return None
    if fields[0] in "ZX":
        return None
    marks = identity(pid)
    if marks.get("MANO_TAG") != tag:
        marks = {}
    return Process(
        pid,
        inode,
        marks.get("MANO_COMPUTE", ""),
        marks.get("MANO_CONFIG", ""),
        marks.get("MANO_MAIN") == str(pid),
        cpus,
        int(fields[19]),
    )


def _inode(pid: str) -> int:
    try:
        return int(os.readlink(f"/proc/{pid}/ns/net")[5:-1])
    except OSError:
        return 0


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
