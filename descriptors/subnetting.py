# SPDX-License-Identifier: Apache-2.0
"""Addresses of virtual links: a subnet for each that states none, and what its ports get. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from descriptors import model

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
WIDEST = 24  # prefix length of the smallest subnet that is given to a link
RESERVED = 3  # addresses that no port gets: the network's, its gateway's, broadcast


def cidrs(links: Mapping[str, model.Vld], ports: Mapping[str, int], first: str) -> dict[str, str]:
    """The cidr of each link: its own, or the next block from `first` on with room for its ports.

    Blocks are /24 or larger, and none is in a subnet that another link states."""
    stated = [ipaddress.ip_network(link.cidr, strict=False) for link in links.values() if link.cidr]
    start = int(ipaddress.IPv4Address(first))
    result = {}
    for id, link in sorted(links.items()):
        if link.cidr:
            result[id] = link.cidr
            continue
        block = _next_block(start, ports.get(id, 0), stated)
        start = int(block.broadcast_address) + 1
        result[id] = str(block)
    return result


def addresses(link: model.Vld, cidr: str) -> Iterator[str]:
    """What its ports get, one after the other, without prefix length: never the gateway's.

    From its pools, or all there are; where no gateway is stated, the first is left for one."""
    subnet = ipaddress.ip_network(cidr, strict=False)
    for number in _numbers(link, subnet):
        address = str(subnet[number - int(subnet.network_address)])
        if address != _gateway(link, subnet):
            yield address


def _next_block(start: int, ports: int, stated: list[Network]) -> ipaddress.IPv4Network:
    length = min(WIDEST, 32 - (ports + RESERVED - 1).bit_length())
    size = 2 ** (32 - length)
    while True:
        start = -(-start // size) * size
        block = ipaddress.IPv4Network((start, length))
        if not any(block.version == other.version and block.overlaps(other) for other in stated):
            return block
        start += size


def _numbers(link: model.Vld, subnet: Network) -> Iterator[int]:
    """Addresses as numbers."""
    first = int(subnet.network_address) + 1
    end = int(subnet.broadcast_address) + (subnet.version == 6)
    pools = link.subnets[0].pools if link.subnets else []
    for pool in pools:
        lowest, highest = (
            int(ipaddress.ip_address(pool[name])) for name in ("start_ip_address", "end_ip_address")
        )
        yield from range(max(lowest, first), min(highest + 1, end))
    if not pools:
        yield from range(first, end)


def _gateway(link: model.Vld, subnet: Network) -> str:
    """The gateway's address, "" where pools say without one what ports get."""
    if link.gateway:
        return str(ipaddress.ip_address(link.gateway))
    has_pools = bool(link.subnets and link.subnets[0].pools)
    return "" if has_pools or subnet.num_addresses < RESERVED else str(subnet[1])
