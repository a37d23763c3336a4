# SPDX-License-Identifier: Apache-2.0
"""Which addresses are called because a client named them (callbacks, token endpoints): none that
leads back into this machine or its surroundings, unless the operator says so."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Where clouds tell a machine its secrets; most of them also do so at a link-local address.
METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in ("fd00:ec2::254", "168.63.129.16", "100.100.100.200", "192.0.0.192")
)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # NAT64: IPv4 in the last four bytes
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")


@dataclass(frozen=True)
class Destinations:
    """`allowed`: networks and names of hosts that may be called beside; `loopback`: whether this
    machine may be; `own_ports`: of our own servers, never called at this machine."""

    allowed: tuple[Network | str, ...] = ()
    loopback: bool = False
    own_ports: frozenset[int] = frozenset()

    def allow(self, host: str, address: str, port: int) -> bool:
        """Whether the address, to which the name leads, may be called."""
        ip = _inner(ipaddress.ip_address(address))
        is_own = _is_own(ip)
        if is_own and port in self.own_ports:
            return False
        if self._names(host, ip):
            return True
        if ip in METADATA or not _is_somebody(ip):
            return False
        return self.loopback if is_own else True

    def _names(self, host: str, ip: Ip) -> bool:
        return any(
            host.lower().rstrip(".") == allowed if isinstance(allowed, str) else ip in allowed
            for allowed in self.allowed
        )


def parse(text: str) -> tuple[Network | str, ...]:
    """Networks, addresses and names of hosts, with commas between them; ValueError."""
    return tuple(_parse(item.strip().lower()) for item in text.split(",") if item.strip())


def _parse(item: str) -> Network | str:
    try:
        return ipaddress.ip_network(item)
    except ValueError:
        if "/" in item or ":" in item or not _HOST.fullmatch(item) or not re.search("[a-z]", item):
            raise ValueError(f"{item!r} is neither a network nor the name of a host") from None
        return item.rstrip(".")


def _inner(ip: Ip) -> Ip:
    """The IPv4 address that an IPv6 address stands for, where it does."""
    if ip.version == 4:
        return ip
    if ip in _TRANSLATED:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo[1] if ip.teredo else None
    return ip.ipv4_mapped or ip.sixtofour or teredo or ip


def _is_somebody(ip: Ip) -> bool:
    """Whether it is one machine's address, beyond this link."""
    return not (ip.is_unspecified or ip.is_multicast or ip.is_link_local or _is_reserved(ip))


def _is_reserved(ip: Ip) -> bool:
    return ip.is_reserved and not ip.is_loopback  # Python calls ::1 reserved as well


def _is_own(ip: Ip) -> bool:
    """Whether a connection to it would end at this machine."""
    if ip.is_loopback or ip.is_unspecified:
        return True
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(ip), 9))  # sends nothing, but asks the kernel for the way
            return ipaddress.ip_address(probe.getsockname()[0]) == ip
    except OSError:
        return False
