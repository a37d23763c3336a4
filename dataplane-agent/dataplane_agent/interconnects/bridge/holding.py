# SPDX-License-Identifier: Apache-2.0
"""What the kernel holds of an agent's bridges, links and forwarding paths, orphans included."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dataplane_agent import kernel, names
from dataplane_agent.interconnects.bridge import rules

BRIDGE, LINK = "b", "p"  # the letters of their names
FORWARDING = ("iptables", "ip6tables")  # filters that br_netfilter may hand bridged frames to


@dataclass(frozen=True)
class BridgeDevice:
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

    def names(self) -> Iterable[str]:
        return [*self.bridges, *self.links, *self.paths]


def read(tag: str) -> Holding:
    """Read everything that bears the tag; costs two forks, or three."""
    devices = kernel.show("", "addr show")[0]
    table, paths = _paths(rules.table(tag))
    return Holding(
        bridges={d["ifname"]: _bridge(d) for d in _of_kind(devices, tag, BRIDGE)},
        links={d["ifname"]: _link(d) for d in _of_kind(devices, tag, LINK)},
        table=table,
        paths=paths,
        filtered=_filtered(),
    )


def _of_kind(devices: list[dict[str, Any]], tag: str, letter: str) -> list[dict[str, Any]]:
    return [device for device in devices if names.letter(tag, device["ifname"]) == letter]


def _bridge(device: dict[str, Any]) -> BridgeDevice:
    quiet = kernel.read(f"/proc/sys/net/ipv6/conf/{device['ifname']}/disable_ipv6") != "0"
    return BridgeDevice(device["mtu"], "UP" in device["flags"], quiet)


def _link(device: dict[str, Any]) -> Link:
    return Link(
        index=device["ifindex"],
        peer=device.get("link_index", 0),
        master=device.get("master", ""),
        mtu=device["mtu"],
        up="UP" in device["flags"],
        alias=device.get("ifalias", ""),
    )


def _paths(table: str) -> tuple[bool, dict[str, Chain]]:
    """The agent's nft table: each chain that is a path, with counters in the order of hops."""
    objects = kernel.nft_list("table", "bridge", table)
    comments: dict[str, list[str]] = {}
    hops: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    jumps: dict[str, list[int]] = defaultdict(list)
    for item in objects:
        if "chain" in item and "hook" not in item["chain"]:
            comments.setdefault(item["chain"]["name"], [])
        elif "counter" in item:
            counter = item["counter"]
            chain, _, hop = counter["name"].partition("h")
            hops[chain][int(hop)] = (counter["packets"], counter["bytes"])
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
    switches = (kernel.read(f"/proc/sys/net/bridge/bridge-nf-call-{f}") for f in FORWARDING)
    if "1" not in switches:
        return False
    # The older iptables has tables of its own.
    if kernel.read("/proc/net/ip_tables_names") or kernel.read("/proc/net/ip6_tables_names"):
        return True
    chains = [item["chain"] for item in kernel.nft_list("chains") if "chain" in item]
    return any(
        chain.get("hook") == "forward" and chain["family"] in ("ip", "ip6", "inet")
        for chain in chains
    )
