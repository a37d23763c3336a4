# SPDX-License-Identifier: Apache-2.0
"""The found state: what the kernel and the state directory hold of an agent's objects, orphans
included."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from dataplane_agent import cgroups, names, namespaces, processes
from dataplane_agent.host import Host
from dataplane_agent.interconnects import Holding
from dataplane_agent.namespaces import Space
from dataplane_agent.processes import Process


@dataclass(frozen=True)
class Found:
    """All of it. Keys are kernel names (names.py); of `images` and `folders` file names."""

    holdings: Mapping[str, Holding] = field(default_factory=dict)  # by interconnect
    spaces: Mapping[str, Space] = field(default_factory=dict)
    processes: tuple[Process, ...] = ()
    groups: Mapping[str, dict[str, str | int]] = field(default_factory=dict)
    images: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()  # of images that are not whole
    folders: frozenset[str] = frozenset()

    def names(self) -> Iterator[str]:
        """The names of all kernel objects that stand for a resource."""
        yield from self.spaces
        yield from self.groups
        for holding in self.holdings.values():
            yield from holding.names()

    def obstacles(self) -> Iterator[str]:
        """What of other people's is in the way, in sentences."""
        for holding in self.holdings.values():
            yield from holding.obstacles()

    def empty(self) -> bool:
        """Whether the kernel holds nothing of this agent."""
        holds = any(list(holding.names()) for holding in self.holdings.values())
        return not (holds or self.spaces or self.processes)


def read(host: Host, state: str) -> Found:
    """Read everything that bears the tag."""
    spaces = namespaces.read(host.tag)
    inodes = {space.inode for space in spaces.values() if space.inode}
    images = _entries(f"{state}/images")
    parts = frozenset(name for name in images if name.endswith(".part"))
    return Found(
        holdings={name: i.found(host.tag) for name, i in host.interconnects.items()},
        spaces=spaces,
        processes=tuple(_mark_mains(processes.scan(host.tag, inodes), host, state)),
        groups=cgroups.read(host.tag),
        images=images - parts,
        parts=parts,
        folders=_entries(f"{state}/computes"),
    )


def _mark_mains(members: list[Process], host: Host, state: str) -> Iterator[Process]:
    """The same processes; those that their runtimes call a compute's main one are marked so."""
    for process in members:
        runtime = host.runtimes.get(process.runtime)
        folder = f"{state}/computes/{names.folder(process.compute)}"
        is_main = bool(process.compute and runtime and runtime.is_main(process, folder))
        yield replace(process, main=is_main)


def _entries(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()
