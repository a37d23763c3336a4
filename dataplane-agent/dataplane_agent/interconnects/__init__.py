# SPDX-License-Identifier: Apache-2.0
"""What carries a network: the port that each interconnect implements in a folder of its own.

An interconnect reads, plans and reports its own part of the kernel; plan.py keeps the order. One
is found by entry point, group `mano.interconnects`, under the `type` that networks name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from dataplane_agent import plugins
from dataplane_agent.actions import Action, KernelTool
from dataplane_agent.connections import Point
from dataplane_agent.namespaces import Interface, Space
from dataplane_agent.port import HopReport, Network, Path, PortReport

GROUP = "mano.interconnects"
INTERFACE = "interface"  # a port is a network interface inside the namespace


@dataclass(frozen=True)
class Capabilities:
    """What an interconnect can do, and which features of the kernel that takes."""

    needs: Mapping[str, tuple[str, ...]]  # features by list of the document: networks, ports, paths
    attaches: str = INTERFACE  # how a port meets its compute; a runtime says what it takes
    paths: bool = True  # whether forwarding paths may lead over it


@dataclass(frozen=True)
class Share:
    """The part of a desired state that one interconnect carries."""

    tag: str
    networks: tuple[Network, ...] = ()
    points: tuple[Point, ...] = ()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Stages:
    """Actions by when they are done: orphans first, a namespace before its ports, paths last."""

    removals: list[Action] = field(default_factory=list)
    networks: list[Action] = field(default_factory=list)
    ports: list[Action] = field(default_factory=list)
    paths: list[Action] = field(default_factory=list)


class Holding(Protocol):
    """What of an interconnect's kind is in the kernel; equal where nothing has changed."""

    def names(self) -> Iterable[str]:
        """The kernel names of all objects that stand for a resource, orphans too."""

    def obstacles(self) -> Iterable[str]:
        """What of other people's is in the way of frames: sentences that say what to mend."""


class Interconnect(Protocol):
    """An interconnect. Found and planned state are values; only `tools` change the kernel."""

    capabilities: Capabilities
    probes: Mapping[str, tuple[str, str]]  # features of its own: what for, shell commands
    tools: Mapping[str, KernelTool]  # who does its actions, beyond apply.TOOLS

    def refuse(self, kind: str, resource: object) -> str:
        """Why a network, port or path (`kind` is the list's name) cannot be; "" where it can."""

    def found(self, tag: str) -> Any:
        """A `Holding`: all that bears the tag."""

    def plan(self, share: Share, holding: object, spaces: Mapping[str, Space]) -> Stages:
        """What leads from the found state to the desired one; nothing where it is so. Pure."""

    def interface(
        self, point: Point, tag: str, holding: object, spaces: Mapping[str, Space]
    ) -> Interface | None:
        """The interface that is really this port's; None where `plan` makes it anew."""

    def report_network(self, network: Network, tag: str, holding: object) -> dict[str, Any]:
        """What was read back of a network."""

    def report_port(
        self, point: Point, tag: str, holding: object, spaces: Mapping[str, Space]
    ) -> PortReport | None:
        """What was read back of a port; None where it is not there."""

    def report_path(self, path: Path, holding: object) -> list[HopReport]:
        """What has passed each hop of a path."""


def known() -> dict[str, Interconnect]:
    """The interconnects by the name that a network's `type` states."""
    return plugins.load(GROUP)


def probes(interconnects: Mapping[str, Interconnect]) -> dict[str, tuple[str, str]]:
    """The features that the interconnects want to be probed."""
    return {name: probe for i in interconnects.values() for name, probe in i.probes.items()}


def why_unknown(type: str, interconnects: Mapping[str, Interconnect]) -> str:
    """The reason against a type that no interconnect bears."""
    if type in interconnects:
        return ""
    return f"type {type} is not known here; known: {', '.join(sorted(interconnects))}"
