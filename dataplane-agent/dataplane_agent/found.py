# SPDX-License-Identifier: Apache-2.0
"""The found state: what the kernel and the state directory hold of an agent's objects, orphans
included."""

import os
import re
from dataclasses import dataclass, field
from typing import Any

from dataplane_agent import cgroups, kernel, names
from dataplane_agent.processes import Process, scan

NETNS = "/run/netns"


@dataclass(frozen=True)
class Bridge:
    """A network."""

    mtu: int
    up: bool
    quiet: bool  # the host itself speaks no IPv6 on it


@dataclass(frozen=True)
class Link:
    """The host's end of a port."""

    index: int
    peer: int  # index of the other end
    master: str
    mtu: int
    up: bool
    alias: str


@dataclass(frozen=True)
class End:
    """The end of a port inside a namespace; rx and tx count packets as the VNFC sees them."""

    index: int
    peer: int
    mac: str
    mtu: int
    up: bool
    addresses: frozenset[str]
    rx: int = 0
    tx: int = 0


@dataclass(frozen=True)
class Space:
    """A network namespace; inode 0 is a name with nothing behind it (left by a reboot or a
    kill)."""

    inode: int
    lo: bool = False
    ends: dict[str, End] = field(default_factory=dict)
    routes: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Path:
    """A forwarding path's chain: the comments of its rules, its counters, the rules that jump to
    it."""

    comments: tuple[str, ...] = ()
    hops: tuple[tuple[int, int], ...] = ()  # packets, bytes
    jumps: tuple[int, ...] = ()  # rule handles


@dataclass(frozen=True)
class Found:
    """All of it. Keys are kernel names (names.py); of `images` and `folders` file names."""

    bridges: dict[str, Bridge] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    spaces: dict[str, Space] = field(default_factory=dict)
    table: bool = False
    paths: dict[str, Path] = field(default_factory=dict)
    processes: tuple[Process, ...] = ()
    groups: dict[str, dict[str, str | int]] = field(default_factory=dict)
    images: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()  # of images that are not whole
    folders: frozenset[str] = frozenset()
    filtered: bool = False  # the host's packet filter sees, and may drop, bridged frames

    def empty(self) -> bool:
        """Whether the kernel holds nothing of this agent."""
        return not (self.bridges or self.links or self.spaces or self.paths or self.processes)


def read(tag: str, state: str) -> Found:
    """Read everything that bears the tag; costs one fork per namespace and three more."""
    shown = kernel.show("", "addr show")[0]
    mine = [entry for entry in shown if re.match(rf"m{tag}[bp]", entry["ifname"])]
    spaces = {name: _space(name) for name in _names(NETNS) if name.startswith(f"m{tag}n")}
    table, paths = _paths(names.table(tag))
    images = _names(f"{state}/images")
    return Found(
        bridges={e["ifname"]: _bridge(e) for e in mine if e["ifname"][5] == "b"},
        links={e["ifname"]: _link(e) for e in mine if e["ifname"][5] == "p"},
        spaces=spaces,
        table=table,
        paths=paths,
        processes=tuple(scan(tag, {s.inode for s in spaces.values() if s.inode})),
        groups=cgroups.read(tag),
        images=frozenset(n for n in images if not n.endswith(".part")),
        parts=frozenset(n for n in images if n.endswith(".part")),
        folders=frozenset(_names(f"{state}/computes")),
        filtered=_filtered(),
    )


def _bridge(entry: dict[str, Any]) -> Bridge:
    quiet = kernel.read(f"/proc/sys/net/ipv6/conf/{entry['ifname']}/disable_ipv6") != "0"
    return Bridge(entry["mtu"], "UP" in entry["flags"], quiet)


def _link(entry: dict[str, Any]) -> Link:
    return Link(
        entry["ifindex"],
        entry.get("link_index", 0),
        entry.get("master", ""),
        entry["mtu"],
        "UP" in entry["flags"],
        entry.get("ifalias", ""),
    )


def _space(name: str) -> Space:
    try:
        stat = os.stat(f"{NETNS}/{name}")
    except FileNotFoundError:
        return Space(0)
    if stat.st_dev != os.stat("/proc/self/ns/net").st_dev:
        return Space(0)
    links, routes = kernel.show(name, "addr show", "route show")
    ends = {e["ifname"]: _end(e) for e in links}
    if any(":" in a for end in ends.values() for a in end.addresses):
        routes = routes + kernel.show(name, "route show", family="-6")[0]
    return Space(
        stat.st_ino,
        "lo" in ends and ends["lo"].up,
        ends,
        frozenset((r["dst"], r["gateway"]) for r in routes if "gateway" in r),
    )


def _end(entry: dict[str, Any]) -> End:
    addresses = {
        f"{a['local']}/{a['prefixlen']}" for a in entry["addr_info"] if a.get("scope") == "global"
    }
    stats = entry.get("stats64", {"rx": {"packets": 0}, "tx": {"packets": 0}})
    return End(
        entry["ifindex"],
        entry.get("link_index", 0),
        entry.get("address", ""),
        entry["mtu"],
        "UP" in entry["flags"],
        frozenset(addresses),
        stats["rx"]["packets"],
        stats["tx"]["packets"],
    )


def _paths(table: str) -> tuple[bool, dict[str, Path]]:
    """The agent's nft table: each chain that is a path, with counters in the order of hops."""
    comments: dict[str, list[str]] = {}
    hops: dict[str, dict[int, tuple[int, int]]] = {}
    jumps: dict[str, list[int]] = {}
    listed = kernel.nft_list("table", "bridge", table)
    for item in listed:
        if "chain" in item and "hook" not in item["chain"]:
            comments.setdefault(item["chain"]["name"], [])
        elif "counter" in item:
            chain, _, hop = item["counter"]["name"].partition("h")
            hops.setdefault(chain, {})[int(hop)] = (
                item["counter"]["packets"],
                item["counter"]["bytes"],
            )
        elif "rule" in item:
            target = next((e["jump"]["target"] for e in item["rule"]["expr"] if "jump" in e), "")
            if target:
                jumps.setdefault(target, []).append(item["rule"]["handle"])
            else:
                comments.setdefault(item["rule"]["chain"], []).append(
                    item["rule"].get("comment", "")
                )
    return bool(listed), {
        c: Path(
            tuple(comments[c]),
            tuple(v for _, v in sorted(hops.get(c, {}).items())),
            tuple(jumps.get(c, [])),
        )
        for c in comments
    }


def _filtered() -> bool:
    """Whether br_netfilter hands bridged frames to the host's packet filter, and that has rules for
    forwarding."""
    if "1" not in (
        kernel.read(f"/proc/sys/net/bridge/bridge-nf-call-{t}") for t in ("iptables", "ip6tables")
    ):
        return False
    for table in (
        "/proc/net/ip_tables_names",
        "/proc/net/ip6_tables_names",
    ):  # the older iptables' own tables
        if kernel.read(table):
            return True
    return any(
        item["chain"].get("hook") == "forward" and item["chain"]["family"] in ("ip", "ip6", "inet")
        for item in kernel.nft_list("chains")
        if "chain" in item
    )


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
