# SPDX-License-Identifier: Apache-2.0
"""Does what a plan says: neighbouring actions of one tool and namespace together, so that a plan
costs few forks.

A failure is kept with its action and the rest goes on; whether anything helped is told by reading
back, not here."""

import itertools
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dataplane_agent import cgroups, kernel, names, plan, processes, runtimes

LAUNCH = 1.0  # seconds a process may take until it runs the VNFC's program


@dataclass(frozen=True)
class Tools:
    """What the tools need to know of the agent."""

    tag: str
    state: str  # state directory, absolute
    features: dict[str, Any]
    runtimes: dict[str, runtimes.Runtime]
    started: dict[str, int] = field(
        default_factory=dict
    )  # compute -> pid; who supervises takes them out


def apply(actions: list[plan.Action], tools: Tools) -> list[tuple[plan.Action, str]]:
    """Do the actions; those that failed, each with the words of who refused."""
    failed = []
    for (tool, space), group in itertools.groupby(actions, key=lambda a: (a.tool, a.space)):
        batch = list(group)
        try:
            errors = TOOLS[tool](batch, space, tools)
        except kernel.Failed as e:
            errors = {n: str(e) for n in range(len(batch))}
        failed += [(batch[n], error) for n, error in sorted(errors.items()) if error]
    return failed


def _ip(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    owner = [n for n, action in enumerate(actions) for _ in action.lines]
    errors: dict[int, str] = {}
    for line, error in kernel.ip([line for a in actions for line in a.lines], space).items():
        errors.setdefault(owner[line], error)
    return errors


def _unlink(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    """All links as one group: the kernel then waits once for its readers and not once for each
    link."""
    group = 0x6D000000 + int(tools.tag, 16)
    errors = kernel.ip(
        [*(f"link set {a.target} group {group}" for a in actions), f"link del group {group}"]
    )
    return {min(n, len(actions) - 1): error for n, error in errors.items()}


def _nft(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    """All in one transaction; if that is refused one by one, so that a bad path does not hold up
    the others."""
    if not kernel.nft("\n".join(line for a in actions for line in a.lines) + "\n"):
        return {}
    return {n: kernel.nft("\n".join(a.lines) + "\n") for n, a in enumerate(actions)}


def _file(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    return {n: kernel.write(*a.lines) for n, a in enumerate(actions)}


def _stop(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    """End processes together; again for those they made meanwhile."""
    left = processes.end({a.target for a in actions})
    return {
        n: f"process {a.target} does not end" for n, a in enumerate(actions) if a.target in left
    }


def _ungroup(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    return {0: cgroups.remove(tools.tag, [a.target for a in actions])}


def _group(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    return {n: cgroups.ensure(tools.tag, *a.target) for n, a in enumerate(actions)}


def _unfile(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    for action in actions:
        target = f"{tools.state}/{action.target}"
        if os.path.isfile(target):
            os.unlink(target)
        else:
            shutil.rmtree(target, ignore_errors=True)
    return {}


def _pin(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    errors = {}
    for n, action in enumerate(actions):
        try:
            processes.pin(*action.target)
        except OSError as e:
            errors[n] = f"sched_setaffinity: {e.strerror}"
    return errors


def _start(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    """Start all, then wait until each runs its own program or has ended: what is read back next is
    the VNFC."""
    started: list[tuple[runtimes.Runtime, int]] = []
    errors = {}
    for n, action in enumerate(actions):
        runtime = tools.runtimes[action.target["compute"].get("runtime", "netns")]
        try:
            pid = runtime.start(_place(action.target, tools))
            started.append((runtime, pid))
            tools.started[action.resource] = pid
        except (kernel.Failed, OSError) as e:
            errors[n] = str(e)
    until = time.monotonic() + LAUNCH
    while started and time.monotonic() < until:
        started = [
            (r, pid)
            for r, pid in started
            if os.path.exists(f"/proc/{pid}/exe") and not r.ready(pid)
        ]
        time.sleep(0.002 if started else 0)
    return errors


def _place(target: dict[str, Any], tools: Tools) -> runtimes.Place:
    compute = target["compute"]
    bounded = tools.features.get("cgroup_memory", {}).get("works")
    return runtimes.Place(
        compute,
        target["config"],
        target["space"],
        tools.tag,
        tools.state,
        target["cpus"],
        image=f"{tools.state}/images/{names.folder(compute.get('image') or '')}",
        folder=f"{tools.state}/computes/{names.folder(compute['id'])}",
        joins=tuple(cgroups.procs_files(tools.tag, names.digest(compute["id"]))),
        memory=0 if bounded else int(compute.get("memoryMiB") or 0) << 20,
    )


def _nothing(actions: list[plan.Action], space: str, tools: Tools) -> dict[int, str]:
    """An action that somebody else completes: an image comes from the VIM."""
    return {}


TOOLS: dict[str, Callable[[list[plan.Action], str, Tools], dict[int, str]]] = {
    "ip": _ip,
    "unlink": _unlink,
    "nft": _nft,
    "file": _file,
    "stop": _stop,
    "group": _group,
    "ungroup": _ungroup,
    "unfile": _unfile,
    "pin": _pin,
    "start": _start,
    "fetch": _nothing,
}
