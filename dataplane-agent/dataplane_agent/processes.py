# SPDX-License-Identifier: Apache-2.0
"""Processes of VNFCs as /proc shows them, and how they are ended.

A VNFC's processes carry their identity in their environment: MANO_TAG, MANO_COMPUTE, MANO_RUNTIME,
MANO_CONFIG; so a restarted agent sees what its predecessor saw. Which of them is the main one is
the runtime's to say; it may keep a record of it, which /proc must bear out."""

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
    main: bool = False  # as the runtime says
    cpus: tuple[int, ...] = ()  # what the kernel lets it run on
    started: int = 0  # clock ticks since boot: tells a reused pid
    runtime: str = "netns"
    stopped: bool = False  # by a signal: it lives and does nothing


def scan(tag: str, inodes: set[int]) -> list[Process]:
    """All processes in these network namespaces, and those that bear the tag wherever they are but
    here."""
    processes, own = [], _inode("self")
    for entry in filter(str.isdigit, os.listdir("/proc")):
        inode = _inode(entry)
        if inode and (inode in inodes or inode != own):
            process = _read(int(entry), inode, tag)
            if process and (inode in inodes or process.compute):
                processes.append(process)
    return processes


def record_file(folder: str) -> str:
    """Where a compute's main process is recorded: "<pid> <start in clock ticks since boot>"."""
    return f"{folder}/main"


def recorded(folder: str) -> tuple[int, int] | None:
    """(pid, start) of the main process as recorded, whether it lives or not; None: no record."""
    try:
        with open(record_file(folder)) as f:
            pid, started = f.read().split()
            return int(pid), int(started)
    except (OSError, ValueError):
        return None


def of_state(folder: str) -> set[int]:
    """The VNFCs' processes that an agent with this state directory started, in whatever
    namespaces."""
    pids = map(int, filter(str.isdigit, os.listdir("/proc")))
    return {pid for pid in pids if marks(pid).get("MANO_STATE") == folder}


def marks(pid: int) -> dict[str, str]:
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
    deaf = {pid for pid in pids if _is_deaf(pid)}
    for pid in deaf:
        _signal(pid, signal.SIGKILL)
    for pid in pids - deaf:
        _signal(pid, signal.SIGTERM)
    survivors = wait(pids, grace)
    for pid in survivors:
        _signal(pid, signal.SIGKILL)
    return wait(survivors, 2.0)


def wait(pids: set[int], seconds: float) -> set[int]:
    """Wait for processes to end, whoever their parent is; returns those that have not."""
    poll, pidfds, until = select.poll(), {}, time.monotonic() + seconds
    for pid in pids:
        with contextlib.suppress(OSError):  # gone already
            pidfds[os.pidfd_open(pid)] = pid
    for fd in pidfds:
        poll.register(fd, select.POLLIN)
    try:
        while pidfds and time.monotonic() < until:
            for fd, _ in poll.poll(max(1, int((until - time.monotonic()) * 1000))):
                poll.unregister(fd)
                os.close(fd)
                reap(pidfds.pop(fd))
    finally:
        for fd in pidfds:
            os.close(fd)
    return set(pidfds.values())


def reap(pid: int) -> int | None:
    """The exit code of a child that ended (negative: by that signal), None where it is not our
    child."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except OSError:
        return None
    return os.waitstatus_to_exitcode(status) if ended else None


def pin(pid: int, cpus: tuple[int, ...]) -> None:
    """Let all threads of a process run on these CPUs only; OSError where the kernel refuses."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), cpus)


def resume(pid: int) -> None:
    """Let a stopped process go on."""
    _signal(pid, signal.SIGCONT)


def _read(pid: int, inode: int, tag: str) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        cpus = tuple(sorted(os.sched_getaffinity(pid)))
    except OSError:
        return None
    if fields[0] in "ZX":
        return None
    identity = marks(pid)
    if identity.get("MANO_TAG") != tag:
        identity = {}
    return Process(
        pid=pid,
        inode=inode,
        compute=identity.get("MANO_COMPUTE", ""),
        config=identity.get("MANO_CONFIG", ""),
        cpus=cpus,
        started=int(fields[19]),
        runtime=identity.get("MANO_RUNTIME", "netns"),
        stopped=fields[0] == "T",
    )


def _inode(pid: str) -> int:
    try:
        return int(os.readlink(f"/proc/{pid}/ns/net")[5:-1])
    except OSError:
        return 0


def _is_deaf(pid: int) -> bool:
    """Whether SIGTERM would do nothing: to the first of a pid namespace, it does only what that
    one handles."""
    try:
        with open(f"/proc/{pid}/status") as f:
            fields = dict(line.split(":\t", 1) for line in f if ":\t" in line)
        inner = fields["NSpid"].split()[1:]
        handles = int(fields["SigCgt"], 16) >> (signal.SIGTERM - 1) & 1
    except (OSError, KeyError, ValueError):
        return False
    return inner[-1:] == ["1"] and not handles


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
