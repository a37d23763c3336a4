# SPDX-License-Identifier: Apache-2.0
"""How a VNFC runs: the port that each runtime implements in a file of its own.

Whatever the runtime, its processes carry the marks of processes.py, so that finding and ending them
is the same for all. Which of them is the main one the runtime says. One is found by entry point,
group `mano.runtimes`, under the `runtime` that computes name."""

from dataclasses import dataclass, field
from typing import Protocol

from dataplane_agent import plugins
from dataplane_agent.port import Compute
from dataplane_agent.processes import Process

GROUP = "mano.runtimes"
DEFAULT = "netns"  # of a compute that names none


@dataclass(frozen=True)
class Capabilities:
    """What a runtime can do; a compute that asks for more is refused."""

    needs: tuple[str, ...]  # features of the kernel
    takes: frozenset[str] = frozenset({"interface"})  # how ports may meet it: interconnects say how
    honours: frozenset[str] = field(  # attributes of a compute that take effect
        default_factory=lambda: frozenset({"cpus", "vcpus", "memoryMiB", "userData"})
    )


@dataclass(frozen=True)
class Launch:
    """Where and with what a compute starts."""

    compute: Compute  # as in the desired state
    config: str  # digest of what it is started with
    space: str  # network namespace
    tag: str
    state: str  # the agent's state directory
    cpus: tuple[int, ...]  # to be pinned to; () is all
    image: str  # folder of the unpacked image
    folder: str  # the compute's own folder: day0.json, log, home/, main
    joins: tuple[str, ...] = ()  # cgroup.procs files to write to
    memory: int = 0  # bytes to bound by rlimit, where no control group can; 0 is none


class Runtime(Protocol):
    """A runtime. `start` returns as soon as the process exists and can be found; raises
    kernel.Failed."""

    capabilities: Capabilities

    def start(self, launch: Launch) -> int:
        """Start the compute; its main process's pid."""

    def ready(self, pid: int) -> bool:
        """Whether a process that was started runs the VNFC's own program by now."""

    def is_main(self, process: Process, folder: str) -> bool:
        """Whether a process that bears the compute's marks is its main one. It must be told
        whatever agent started it and at whatever line that one was killed; one that nobody can tell
        is ended with the rest, and the compute started anew."""


def known() -> dict[str, Runtime]:
    """The runtimes by the name that a compute's `runtime` states."""
    return plugins.load(GROUP)
