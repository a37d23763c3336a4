# SPDX-License-Identifier: Apache-2.0
"""Does what a plan says: neighbouring actions of one tool and namespace together, so that a plan
costs few forks.

A failure is kept with its action and the rest goes on; whether anything helped is told by reading
back, not here."""

import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataplane_agent import cgroups, kernel, names, processes, runtimes
from dataplane_agent.actions import Action, KernelTool
from dataplane_agent.host import Host

LAUNCH = 1.0  # seconds a process may take until it runs the VNFC's program
Errors = Mapping[int, str]  # by the action's number


@dataclass(frozen=True)
class Toolbox:
    """What the tools need to know of the agent."""

    host: Host
    state: str  # state directory, absolute
    started: dict[str, int] = field(
        default_factory=dict
    )  # compute -> pid; who supervises takes them out


Tool = Callable[[list[Action], Toolbox], Errors]


def apply(actions: list[Action], toolbox: Toolbox) -> list[tuple[Action, str]]:
    """Do the actions; those that failed, each with the words of who refused."""
    refused = []
    tools = _all_tools(toolbox.host)
    for (name, _), group in itertools.groupby(actions, key=lambda a: (a.tool, a.space)):
        batch = list(group)
        try:
            errors = tools[name](batch, toolbox)
        except kernel.Failed as e:
            errors = dict.fromkeys(range(len(batch)), str(e))
        refused += [(batch[number], error) for number, error in sorted(errors.items()) if error]
    return refused


def _all_tools(host: Host) -> dict[str, Tool]:
    """Our own tools, and those of the interconnects."""
    tools = dict(TOOLS)
    for interconnect in host.interconnects.values():
        for name, tool in interconnect.tools.items():
            tools[name] = _with_tag(tool)
    return tools


def _with_tag(tool: KernelTool) -> Tool:
    return lambda actions, toolbox: tool(actions, toolbox.host.tag)


def _ip(actions: list[Action], toolbox: Toolbox) -> Errors:
    """All lines in one batch; they share a namespace."""
    lines = [line for action in actions for line in action.lines]
    owners = [number for number, action in enumerate(actions) for _ in action.lines]
    errors: dict[int, str] = {}
    for line, error in kernel.ip(lines, actions[0].space).items():
        errors.setdefault(owners[line], error)
    return errors


def _file(actions: list[Action], toolbox: Toolbox) -> Errors:
    return {number: kernel.write(*action.lines) for number, action in enumerate(actions)}


def _stop(actions: list[Action], toolbox: Toolbox) -> Errors:
    """End processes together; again for those they made meanwhile."""
    survivors = processes.end({action.target for action in actions})
    return {
        number: f"process {action.target} does not end"
        for number, action in enumerate(actions)
        if action.target in survivors
    }


def _ungroup(actions: list[Action], toolbox: Toolbox) -> Errors:
    return {0: cgroups.remove(toolbox.host.tag, [action.target for action in actions])}


def _group(actions: list[Action], toolbox: Toolbox) -> Errors:
    tag = toolbox.host.tag
    return {number: cgroups.ensure(tag, *a.target) for number, a in enumerate(actions)}


def _unfile(actions: list[Action], toolbox: Toolbox) -> Errors:
    for action in actions:
        path = f"{toolbox.state}/{action.target}"
        if os.path.isfile(path):
            os.unlink(path)
        else:
            shutil.rmtree(path, ignore_errors=True)
    return {}


def _resume(actions: list[Action], toolbox: Toolbox) -> Errors:
    for action in actions:
        processes.resume(action.target)
    return {}


def _pin(actions: list[Action], toolbox: Toolbox) -> Errors:
    errors = {}
    for number, action in enumerate(actions):
        try:
            processes.pin(*action.target)
        except OSError as e:
            errors[number] = f"sched_setaffinity: {e.strerror}"
    return errors


def _start(actions: list[Action], toolbox: Toolbox) -> Errors:
    """Start all, then wait until each runs its own program or has ended: what is read back next is
    the VNFC."""
    starting: list[tuple[runtimes.Runtime, int]] = []
    errors = {}
    for number, action in enumerate(actions):
        name = action.target["compute"].get("runtime") or runtimes.DEFAULT
        runtime = toolbox.host.runtimes[name]
        try:
            pid = runtime.start(launch(action.target, toolbox))
        except (kernel.Failed, OSError) as e:
            errors[number] = str(e)
            continue
        starting.append((runtime, pid))
        toolbox.started[action.resource] = pid
    until = time.monotonic() + LAUNCH
    while starting and time.monotonic() < until:
        starting = list(_not_ready(starting))
        time.sleep(0.002 if starting else 0)
    return errors


def _not_ready(
    starting: list[tuple[runtimes.Runtime, int]],
) -> Iterator[tuple[runtimes.Runtime, int]]:
    for runtime, pid in starting:
        if os.path.exists(f"/proc/{pid}/exe") and not runtime.ready(pid):
            yield runtime, pid


def launch(target: dict[str, Any], toolbox: Toolbox) -> runtimes.Launch:
    """What a runtime is told to start a compute."""
    compute, host = target["compute"], toolbox.host
    bounded = host.works("cgroup_memory")
    return runtimes.Launch(
        compute,
        config=target["config"],
        space=target["space"],
        tag=host.tag,
        state=toolbox.state,
        cpus=target["cpus"],
        image=f"{toolbox.state}/images/{names.folder(compute.get('image') or '')}",
        folder=f"{toolbox.state}/computes/{names.folder(compute['id'])}",
        joins=tuple(cgroups.procs_files(host.tag, names.group(compute["id"]))),
        memory=0 if bounded else int(compute.get("memoryMiB") or 0) << 20,
    )


def _nothing(actions: list[Action], toolbox: Toolbox) -> Errors:
    """An action that somebody else completes: an image comes from the VIM."""
    return {}


TOOLS: dict[str, Tool] = {
    "ip": _ip,
    "file": _file,
    "stop": _stop,
    "group": _group,
    "ungroup": _ungroup,
    "unfile": _unfile,
    "pin": _pin,
    "resume": _resume,
    "start": _start,
    "fetch": _nothing,
}
