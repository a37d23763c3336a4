# SPDX-License-Identifier: Apache-2.0
"""How a VNFC runs: the port that each runtime implements in a file of its own, and the table of
runtimes.

Whatever the runtime, its processes carry the marks of processes.py, so finding and ending them is
the same for all."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Place:
    """Where and with what a compute starts."""

    compute: dict[str, Any]  # as in the desired state
    config: str  # digest of what it is started with
    space: str  # network namespace
    tag: str
    state: str  # the agent's state directory
    cpus: tuple[int, ...]  # to be pinned to; () is all
    image: str  # folder of the unpacked image
    folder: str  # the compute's own folder: day0.json, log, home/
    joins: tuple[str, ...] = ()  # cgroup.procs files to write to
    memory: int = 0  # bytes to bound by rlimit, where no control group can; 0 is none


class Runtime(Protocol):
    """A runtime. `start` returns as soon as the process exists and can be found; raises
    kernel.Failed."""

    def start(self, place: Place) -> int:
        """Start the compute; its main process's pid."""

    def ready(self, pid: int) -> bool:
        """Whether a process that was started runs the VNFC's own program by now."""


def known() -> dict[str, Runtime]:
    """The runtimes by the name that a compute's `runtime` states."""
    from dataplane_agent.runtimes import netns

    return {"netns": netns.Netns()}
