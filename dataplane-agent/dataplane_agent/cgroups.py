# SPDX-License-Identifier: Apache-2.0
"""Limits of a VNFC by control groups, version 1 and 2: `<root of the hierarchy>/m<tag>/<digest>`.

Limits are a dict of what the kernel understands: {"memory": bytes, "cpu": microseconds per 100 ms,
"cpuset": "2-3"}."""

import contextlib
import os
import signal
import time

from dataplane_agent import kernel

PERIOD = 100_000  # the CPU quota's period in microseconds
FILES = {
    1: {"memory": "memory.limit_in_bytes", "cpu": "cpu.cfs_quota_us", "cpuset": "cpuset.cpus"},
    2: {"memory": "memory.max", "cpu": "cpu.max", "cpuset": "cpuset.cpus"},
}


def hierarchies() -> dict[str, tuple[int, str]]:
    """Where each controller is: {"memory": (version, mount point)}."""
    controllers: dict[str, tuple[int, str]] = {}
    with open("/proc/self/mounts") as f:
        mounts = [line.split()[1:4] for line in f]
    for where, kind, options in mounts:
        if kind == "cgroup":
            controllers |= {c: (1, where) for c in FILES[1] if c in options.split(",")}
        elif kind == "cgroup2":
            offered = kernel.read(f"{where}/cgroup.controllers").split()
            free = [c for c in FILES[2] if c in offered and c not in controllers]
            controllers |= dict.fromkeys(free, (2, where))
    return controllers


def ensure(tag: str, group: str, limits: dict[str, str | int]) -> str:
    """Make a group in each hierarchy and set its limits; "" or what the kernel refused."""
    places = hierarchies()
    for controller, limit in limits.items():
        if controller not in places:
            return f"no cgroup controller {controller}"
        version, root = places[controller]
        folder = f"{root}/m{tag}/{group}"
        try:
            os.makedirs(folder, exist_ok=True)
            _prepare(version, root, tag, controller, folder)
            quota = f"{limit} {PERIOD}" if (version, controller) == (2, "cpu") else str(limit)
            _write(f"{folder}/{FILES[version][controller]}", quota)
        except OSError as e:
            return f"cgroup v{version} {controller} in {folder}: {e.strerror}"
    return ""


def read(tag: str) -> dict[str, dict[str, str | int]]:
    """The limits of all groups of a tag as the kernel states them; a group without any is {}."""
    groups: dict[str, dict[str, str | int]] = {}
    for controller, (version, root) in hierarchies().items():
        for group in _folders(f"{root}/m{tag}"):
            limits = groups.setdefault(group, {})
            words = kernel.read(f"{root}/m{tag}/{group}/{FILES[version][controller]}").split()
            if words:
                numeric = controller != "cpuset" and words[0].lstrip("-").isdigit()
                limits[controller] = int(words[0]) if numeric else words[0]
    return groups


def memory_kills(tag: str, group: str) -> int:
    """How many processes of a group the kernel has killed because its memory was at the limit."""
    version, root = hierarchies().get("memory", (0, ""))
    name = {1: "memory.oom_control", 2: "memory.events"}.get(version, "")
    lines = kernel.read(f"{root}/m{tag}/{group}/{name}").splitlines() if name else []
    counts = dict(line.split()[:2] for line in lines if len(line.split()) == 2)
    return int(counts.get("oom_kill", 0))


def procs_files(tag: str, group: str) -> list[str]:
    """The files a process writes 0 to in order to join a group (one per hierarchy that has it)."""
    folders = {f"{root}/m{tag}/{group}" for _, root in hierarchies().values()}
    return sorted(f"{folder}/cgroup.procs" for folder in folders if os.path.isdir(folder))


def remove(tag: str, groups: list[str]) -> str:
    """Remove groups, with what processes may be left in them, whatever marks those bear; and the
    tag's own group with its last one."""
    error = ""
    for root in {root for _, root in hierarchies().values()}:
        for group in groups:
            _kill(f"{root}/m{tag}/{group}")
            error = _rmdir(f"{root}/m{tag}/{group}") or error
        if os.path.isdir(f"{root}/m{tag}") and not _folders(f"{root}/m{tag}"):
            error = _rmdir(f"{root}/m{tag}") or error
    return error


def _prepare(version: int, root: str, tag: str, controller: str, folder: str) -> None:
    """What a new group needs before its limit can be set: v2 hands controllers down, v1 cpusets
    start empty."""
    if version == 2:
        for parent in (root, f"{root}/m{tag}"):
            if controller not in kernel.read(f"{parent}/cgroup.subtree_control").split():
                _write(f"{parent}/cgroup.subtree_control", f"+{controller}")
    elif controller == "cpuset":
        for place, parent in ((f"{root}/m{tag}", root), (folder, f"{root}/m{tag}")):
            for name in ("cpuset.cpus", "cpuset.mems"):
                if not kernel.read(f"{place}/{name}"):
                    _write(f"{place}/{name}", kernel.read(f"{parent}/{name}"))
    elif controller == "cpu":
        _write(f"{folder}/cpu.cfs_period_us", str(PERIOD))


def _kill(folder: str) -> None:
    for pid in kernel.read(f"{folder}/cgroup.procs").split():
        with contextlib.suppress(OSError):  # gone meanwhile
            os.kill(int(pid), signal.SIGKILL)


def _rmdir(folder: str) -> str:
    for _ in range(50):  # a process that was just killed leaves its group a moment later
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            return ""
        except OSError as e:
            members = kernel.read(f"{folder}/cgroup.procs").split()
            living = f", processes {' '.join(members)} do not end" if members else ""
            error = f"{folder}: {e.strerror}{living}"
            time.sleep(0.01)
        else:
            return ""
    return error


def _folders(folder: str) -> list[str]:
    try:
        return [e.name for e in os.scandir(folder) if e.is_dir()]
    except OSError:
        return []


def _write(path: str, value: str) -> None:
    with open(path, "w") as f:
        f.write(value)
