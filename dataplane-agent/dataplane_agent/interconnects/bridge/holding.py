# SPDX-License-Identifier: Apache-2.0
"""What the kernel holds of an agent's bridges, links and forwarding paths, orphans included."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dataplane_agent import kernel, names
from dataplane_agent.interconnects.bridge import barriers, filters, rules

BRIDGE, LINK = "b", "p"  # the letters of their names
Options = dict[str, int | bool]
# How a bridge and a port of it are, as the kernel shows it.
BRIDGE_OPTIONS: Options = {
    "stp_state": 0,
    "ageing_time": 30000,
    "vlan_filtering": 0,
    "mcast_snooping": 0,
}
PORT_OPTIONS: Options = {
    "isolated": False,
    "learning": True,
    "flood": True,
    "bcast_flood": True,
    "locked": False,
}
COUNTER = re.compile(r"(p[0-9a-z]+)h([0-9]+)")  # of a path's hop; others are not ours


@dataclass(frozen=True)
class BridgeDevice:
    """A network."""

    mtu: int
    up: bool
    quiet: bool  # the host itself speaks no IPv6 on it
    options: Options = field(default_factory=dict)  # those of BRIDGE_OPTIONS
    strangers: tuple[str, ...] = ()  # ports of it that no agent made


@dataclass(frozen=True)
class Link:
    """The host's end of a port."""

    index: int
    peer: int  # index of the other end
    master: str
    mtu: int
    up: bool
    alias: str
    options: Options = field(default_factory=dict)  # those of PORT_OPTIONS, while on a bridge


@dataclass(frozen=True)
class Chain:
    """The nft chain of a path: its rules' comments, its counters, the rules that jump to it."""

    comments: tuple[str, ...] = ()
    hops: tuple[tuple[int, int], ...] = ()  # packets, bytes
    jumps: tuple[int, ...] = ()  # rule handles


@dataclass(frozen=True)
class Holding:
    """All of it, by kernel names."""

    bridges: dict[str, BridgeDevice] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    table: bool = False
    paths: dict[str, Chain] = field(default_factory=dict)
    filtered: bool = False  # the host's packet filter sees, and may drop, bridged frames
    switches: tuple[str, ...] = ()  # of that, those that we have turned off
    barriers: tuple[str, ...] = ()  # what of others drops frames of ours, in sentences

    def names(self) -> Iterable[str]:
        return [*self.bridges, *self.links, *self.paths]

    def obstacles(self) -> Iterable[str]:
        return self.barriers if self.bridges else ()


def read(tag: str) -> Holding:
    """Read everything that bears the tag; costs two forks, or three."""
    devices = kernel.show("", "addr show")[0]
    objects = kernel.nft_list("ruleset bridge", "ruleset netdev")
    own = rules.table(tag)
    table, paths = _paths([item for item in objects if _is_of(item, own)])
    bridges = {d["ifname"]: _bridge(d, devices, tag) for d in _of_kind(devices, tag, BRIDGE)}
    links = {d["ifname"]: _link(d) for d in _of_kind(devices, tag, LINK)}
    return Holding(
        bridges=bridges,
        links=links,
        table=table,
        paths=paths,
        filtered=_filtered(),
        switches=filters.turned_off(tag),
        barriers=tuple(barriers.sentences(objects, own, {*bridges, *links})),
    )


def _of_kind(devices: list[dict[str, Any]], tag: str, letter: str) -> list[dict[str, Any]]:
    return [device for device in devices if names.letter(tag, device["ifname"]) == letter]


def _bridge(device: dict[str, Any], devices: list[dict[str, Any]], tag: str) -> BridgeDevice:
    name = device["ifname"]
    ports = [other["ifname"] for other in devices if other.get("master") == name]
    strangers = sorted(port for port in ports if names.letter(tag, port) != LINK)
    return BridgeDevice(
        mtu=device["mtu"],
        up="UP" in device["flags"],
        quiet=kernel.read(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6") != "0",
        options=_options(device, "info_data", BRIDGE_OPTIONS),
        strangers=tuple(strangers),
    )


def _options(device: dict[str, Any], part: str, options: Options) -> Options:
    """What the kernel shows of these options; an older one does not show all."""
    data = device.get("linkinfo", {}).get(part, {})
    return {name: data[name] for name in options if name in data}


def _link(device: dict[str, Any]) -> Link:
    return Link(
        index=device["ifindex"],
        peer=device.get("link_index", 0),
        master=device.get("master", ""),
        mtu=device["mtu"],
        up="UP" in device["flags"],
        alias=device.get("ifalias", ""),
        options=_options(device, "info_slave_data", PORT_OPTIONS),
    )


def _is_of(item: dict[str, Any], table: str) -> bool:
    """Whether an object is this table of family bridge, or in it."""
    kind, body = next(iter(item.items()))
    name = body.get("name" if kind == "table" else "table")
    return (body.get("family"), name) == ("bridge", table)


def _paths(objects: list[dict[str, Any]]) -> tuple[bool, dict[str, Chain]]:
    """The agent's nft table: each chain that is a path, with counters in the order of hops."""
    comments: dict[str, list[str]] = {}
    hops: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    jumps: dict[str, list[int]] = defaultdict(list)
    for item in objects:
        if "chain" in item and "hook" not in item["chain"]:
            comments.setdefault(item["chain"]["name"], [])
        elif "counter" in item:
            counter = item["counter"]
            if match := COUNTER.fullmatch(counter["name"]):
                hops[match[1]][int(match[2])] = (counter["packets"], counter["bytes"])
        elif "rule" in item:
            rule = item["rule"]
            target = next((e["jump"]["target"] for e in rule["expr"] if "jump" in e), "")
            if target:
                jumps[target].append(rule["handle"])
            else:
                comments.setdefault(rule["chain"], []).append(rule.get("comment", ""))
    chains = {
        name: Chain(
            comments=tuple(texts),
            hops=tuple(counts for _, counts in sorted(hops[name].items())),
            jumps=tuple(jumps[name]),
        )
        for name, texts in comments.items()
    }
    return bool(objects), chains


def _filtered() -> bool:
    """Whether br_netfilter hands bridged frames to the host's packet filter, and that has rules for
    forwarding."""
    if not filters.turned_on():
        return False
    # The older iptables has tables of its own.
    if kernel.read("/proc/net/ip_tables_names") or kernel.read("/proc/net/ip6_tables_names"):
        return True
    chains = [item["chain"] for item in kernel.nft_list("chains") if "chain" in item]
    return any(
        chain.get("hook") == "forward" and chain["family"] in ("ip", "ip6", "inet")
        for chain in chains
    )
