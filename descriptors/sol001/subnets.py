# SPDX-License-Identifier: Apache-2.0
"""Subnets of virtual links: what they say must be addresses, fit together and be enough (SOL001
6.6, 7.6)."""

from __future__ import annotations

import ipaddress
from typing import Any

from descriptors import model, resources
from descriptors.findings import Findings
from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca.topology import Node, Topology

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LINKS = ("tosca.nodes.nfv.VnfVirtualLink", "tosca.nodes.nfv.NsVirtualLink")
_VERSIONS = {"ipv4": 4, "ipv6": 6}


def network(cidr: str) -> Network | None:
    """The network, host bits left out; None where it is none."""
    try:
        return ipaddress.ip_network(cidr, strict=False) if cidr.isascii() else None
    except ValueError:
        return None


def cidr(value: object) -> str | None:
    """A cidr as the network that it means: `10.0.0.0/24` of `10.0.0.5/24`; any other as it is."""
    words = text(value)
    subnet = network(words)
    return (str(subnet) if subnet is not None else words) or None


def check(topology: Topology, df: model.VnfDf | None, findings: Findings) -> None:
    """Every subnet of a flavour; `df`: what the VNF's flavour makes, at its largest."""
    ports = resources.most_ports(df) if df else {}
    for node in [node for kind in LINKS for node in topology.of_type(kind).values()]:
        _Link(node, findings).check(ports.get(node.name, 0))


class _Link:
    def __init__(self, node: Node, findings: Findings) -> None:
        self._node, self._findings = node, findings
        self._place: list[Any] = []

    def check(self, ports: int) -> None:
        profile = mapping(self._node.properties.get("vl_profile"))
        room, is_told = 0, False
        for index, item in enumerate(sequence(profile.get("virtual_link_protocol_data"))):
            data = mapping(mapping(item).get("l3_protocol_data"))
            path = ["properties", "vl_profile", "virtual_link_protocol_data"]
            self._place = [*path, index, "l3_protocol_data"]
            if (subnet := self._subnet(data)) is not None:
                room, is_told = room + self._room(subnet, data), True
        if is_told and room < max(1, ports):
            self._error(
                f"has {room} addresses for the {ports} ports that it gets at the largest level",
                "widen the cidr or its pools",
            )

    def _subnet(self, data: Tree) -> Network | None:
        """The network that a subnet states, None where there is none or it is wrong."""
        words = text(data.get("cidr"))
        if not words:
            return None
        subnet = network(words)
        if subnet is None:
            self._error(f"its cidr {words!r:.60} is no network", "write 10.0.0.0/24 or fd00::/64")
            return None
        if "/" in words and str(subnet) != words and _has_host_bits(words):
            self._by_profile(words, subnet)
        stated = _VERSIONS.get(text(data.get("ip_version")).lower())
        if stated and stated != subnet.version:
            self._error(
                f"its cidr {words} is IPv{subnet.version}, its ip_version ipv{stated}",
                "correct one of them",
            )
        return subnet

    def _room(self, subnet: Network, data: Tree) -> int:
        """How many ports get an address; what gateway and pools say is checked on the way."""
        gateway = self._address("gateway_ip", data.get("gateway_ip"), subnet)
        pools = [
            size
            for pool in sequence(data.get("ip_allocation_pools"))
            if (size := self._pool(mapping(pool), subnet, gateway)) is not None
        ]
        if pools:
            return sum(pools)
        hosts = subnet.num_addresses - (2 if subnet.version == 4 else 1)
        return max(0, hosts - 1)  # one is the gateway's

    def _pool(self, pool: Tree, subnet: Network, gateway: Address | None) -> int | None:
        first, last = (
            self._address(name, pool.get(name), subnet)
            for name in ("start_ip_address", "end_ip_address")
        )
        if first is None or last is None:
            return None
        size = int(last) - int(first) + 1
        if size < 1:
            self._error(f"the pool from {first} to {last} is empty", "write the lower one first")
            return None
        return size - (gateway is not None and int(first) <= int(gateway) <= int(last))

    def _address(self, name: str, value: object, subnet: Network) -> Address | None:
        words = text(value)
        if not words:
            return None
        try:
            address = ipaddress.ip_address(words)
        except ValueError:
            self._error(f"its {name} {words!r:.60} is no address", "write an address of the cidr")
            return None
        if address not in subnet:
            self._error(f"its {name} {words} is not in {subnet}", "write an address of the cidr")
            return None
        return address

    def _by_profile(self, words: str, subnet: Network) -> None:
        self._findings.by_profile(
            "sol001-host-bits",
            self._node.unit.path,
            f"{self._node.name}: its cidr {words} is an address in a network; {subnet} counts",
            f"write {subnet}",
            self._node.at(*self._place, "cidr"),
        )

    def _error(self, message: str, hint: str) -> None:
        at = self._node.at(*self._place)
        words = f"{self._node.name}: {message}"
        self._findings.error("sol001-address", self._node.unit.path, words, hint, at)


def _has_host_bits(cidr: str) -> bool:
    try:
        ipaddress.ip_network(cidr)
    except ValueError:
        return True
    return False
