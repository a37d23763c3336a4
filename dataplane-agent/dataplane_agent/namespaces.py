# SPDX-License-Identifier: Apache-2.0
"""Network namespaces of computes and SAPs: what is in them, and making and removing them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataplane_agent import kernel, names
from dataplane_agent.actions import Action
from dataplane_agent.port import Desired

NETNS = "/run/netns"


@dataclass(frozen=True)
class Interface:
    """An interface inside a namespace; rx and tx count packets as the VNFC sees them."""

    index: int
    peer: int  # index of the other end, where it has one
    mac: str
    mtu: int
    up: bool
    addresses: frozenset[str]
    rx: int = 0
    tx: int = 0


@dataclass(frozen=True)
class Space:
    """A network namespace; inode 0 is a name with nothing behind it (after a reboot or a kill)."""

    inode: int
    lo: bool = False
    interfaces: dict[str, Interface] = field(default_factory=dict)
    routes: frozenset[tuple[str, str]] = frozenset()  # destination, next hop
    connected: frozenset[tuple[str, str]] = frozenset()  # a network, the interface it is on


def listed(tag: str) -> list[str]:
    """The names of all namespaces that bear the tag."""
    entries = os.listdir(NETNS) if os.path.isdir(NETNS) else []
    return sorted(name for name in entries if names.letter(tag, name) == "n")


def read(tag: str) -> dict[str, Space]:
    """All namespaces that bear the tag; costs one fork each."""
    return {name: _space(name) for name in listed(tag)}


def desired_names(desired: Desired, tag: str) -> set[str]:
    """The namespaces that are to be."""
    return {names.space(tag, identity) for identity, _ in _owners(desired)}


def removals(desired: Desired, spaces: Mapping[str, Space], tag: str) -> list[Action]:
    """Namespaces that nothing names any more, and names with nothing behind them."""
    members = desired_names(desired, tag)
    return [
        Action("ip", f"remove namespace {name}", lines=(f"netns del {name}",))
        for name, space in spaces.items()
        if name not in members or not space.inode
    ]


def creations(desired: Desired, spaces: Mapping[str, Space], tag: str) -> list[Action]:
    """Namespaces that are not there yet."""
    actions = []
    for identity, label in _owners(desired):
        name = names.space(tag, identity)
        if name not in spaces or not spaces[name].inode:
            sentence = f"create namespace {name} for {label}"
            actions.append(Action("ip", sentence, identity, (f"netns add {name}",)))
    return actions


def _owners(desired: Desired) -> Iterator[tuple[str, str]]:
    """(id, label) of each resource that has a namespace."""
    for port in desired.get("ports", []):
        yield port["id"], port.get("name") or port["id"]
    for compute in desired.get("computes", []):
        yield compute["id"], compute.get("name") or compute["id"]


def _space(name: str) -> Space:
    try:
        stat = os.stat(f"{NETNS}/{name}")
    except FileNotFoundError:
        return Space(0)
    if stat.st_dev != os.stat("/proc/self/ns/net").st_dev:
        return Space(0)
    links, routes = kernel.show(name, "addr show", "route show")
    interfaces = {link["ifname"]: _interface(link) for link in links}
    if any(":" in address for i in interfaces.values() for address in i.addresses):
        routes = routes + kernel.show(name, "route show", family="-6")[0]
    return Space(
        stat.st_ino,
        "lo" in interfaces and interfaces["lo"].up,
        interfaces,
        frozenset((r["dst"], r["gateway"]) for r in routes if "gateway" in r),
        frozenset((r["dst"], r["dev"]) for r in routes if "gateway" not in r and "dev" in r),
    )


def _interface(link: dict[str, Any]) -> Interface:
    addresses = {
        f"{a['local']}/{a['prefixlen']}" for a in link["addr_info"] if a.get("scope") == "global"
    }
    stats = link.get("stats64", {"rx": {"packets": 0}, "tx": {"packets": 0}})
    return Interface(
        index=link["ifindex"],
        peer=link.get("link_index", 0),
        mac=link.get("address", ""),
        mtu=link["mtu"],
        up="UP" in link["flags"],
        addresses=frozenset(addresses),
        rx=stats["rx"]["packets"],
        tx=stats["tx"]["packets"],
    )
