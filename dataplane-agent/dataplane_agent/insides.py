# SPDX-License-Identifier: Apache-2.0
"""What lies inside each namespace: loopback, interfaces, addresses and routes. Pure.

It is the same whatever interconnect has put the interfaces there; what a VNFC adds itself is left
alone."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping

from dataplane_agent.actions import Action
from dataplane_agent.connections import Point
from dataplane_agent.namespaces import Interface, Space

# The interface that is really a port's; None where it is made anew.
Inside = Callable[[Point], Interface | None]


def changes(points: list[Point], spaces: Mapping[str, Space], inside: Inside) -> list[Action]:
    """What is missing inside each namespace: loopback, interfaces, addresses, then routes, which
    need the addresses."""
    actions: list[Action] = []
    for name in dict.fromkeys(point.space for point in points):
        members = [point for point in points if point.space == name]
        if name not in spaces or not spaces[name].lo:
            first = members[0]
            sentence = f"set loopback of {first.owner} up"
            actions.append(Action("ip", sentence, first.resource, ("link set lo up",), name))
        for point in members:
            actions += _interface(point, inside(point))
        for point in members:
            actions += _connected(point, inside(point), spaces)
        for point in members:
            actions += _routes(point, inside(point), spaces)
    return actions


def _interface(point: Point, inside: Interface | None) -> Iterator[Action]:
    label, mac = f"{point.interface} of {point.owner}", point.port["mac"]
    if inside is None:
        inside = Interface(0, 0, mac, point.mtu, False, frozenset())  # as it is when just made
    repairs = [
        (inside.mac != mac, f"give {label} MAC {mac}", f"address {mac}"),
        (inside.mtu != point.mtu, f"set the MTU of {label} to {point.mtu}", f"mtu {point.mtu}"),
        (not inside.up, f"set {label} up", "addrgenmode none up"),
    ]
    for needed, sentence, words in repairs:
        if needed:
            line = f"link set {point.interface} {words}"
            yield Action("ip", sentence, point.resource, (line,), point.space)
    for address in map(_with_prefix, point.port.get("addresses") or []):
        if address not in inside.addresses:
            flags = " nodad" if ":" in address else ""
            line = f"addr add {address} dev {point.interface}{flags}"
            sentence = f"give {label} address {address}"
            yield Action("ip", sentence, point.resource, (line,), point.space)


def _connected(
    point: Point, inside: Interface | None, spaces: Mapping[str, Space]
) -> Iterator[Action]:
    """The route to each address's own network. The kernel makes it with the address; a flush takes
    it and leaves the address."""
    if inside is None or not inside.up:
        return
    for address in map(ipaddress.ip_interface, point.port.get("addresses") or []):
        network, name = address.network, point.interface
        is_routed = (str(network), name) in spaces[point.space].connected
        if (
            is_routed
            or network.prefixlen == network.max_prefixlen
            or str(address) not in inside.addresses
        ):
            continue
        how = f"scope link src {address.ip}" if network.version == 4 else "metric 256"
        line = f"route append {network} dev {name} proto kernel {how}"
        sentence = f"route {network} of {point.owner} to its interface {name}"
        yield Action("ip", sentence, point.resource, (line,), point.space)


def _routes(
    point: Point, inside: Interface | None, spaces: Mapping[str, Space]
) -> Iterator[Action]:
    """Routes lost with an interface are found missing here too, as the kernel drops them when it
    goes down."""
    intact = inside is not None and inside.up
    routes = spaces[point.space].routes if intact else frozenset()
    for route in point.port.get("routes") or []:
        to, via = _destination(route["to"]), route["via"]
        if (to, via) not in routes:
            sentence = f"route {to} of {point.owner} via {via}"
            line = f"route replace {to} via {via}"
            yield Action("ip", sentence, point.resource, (line,), point.space)


def _with_prefix(address: str) -> str:
    """An address with its prefix length, as `ip` shows it."""
    return str(ipaddress.ip_interface(address))


def _destination(route: str) -> str:
    """A route's destination, as `ip` shows it."""
    network = ipaddress.ip_network(route, strict=False)
    if not network.prefixlen:
        return "default"
    return str(network.network_address if network.prefixlen == network.max_prefixlen else network)
