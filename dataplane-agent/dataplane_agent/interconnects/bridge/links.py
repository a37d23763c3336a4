# SPDX-License-Identifier: Apache-2.0
"""Ports as veth pairs: one end on the bridge, the other inside the namespace. Pure."""

import json
from collections.abc import Iterator, Mapping

from dataplane_agent import names
from dataplane_agent.actions import Action
from dataplane_agent.connections import Point
from dataplane_agent.interconnects import Share
from dataplane_agent.interconnects.bridge.holding import LINK, PORT_OPTIONS, Holding, Link
from dataplane_agent.interconnects.bridge.networks import bridge
from dataplane_agent.namespaces import Interface, Space
from dataplane_agent.port import PortReport


def link_name(tag: str, port: str) -> str:
    """The host's end of a port."""
    return names.device(tag, LINK, port)


def removals(share: Share, holding: Holding) -> list[Action]:
    """Links that nothing names any more."""
    links = {link_name(share.tag, point.port["id"]) for point in share.points}
    return [
        Action("unlink", f"remove port {name}", target=name)
        for name in holding.links
        if name not in links
    ]


def changes(share: Share, holding: Holding, spaces: Mapping[str, Space]) -> list[Action]:
    """Both ends of each port; one whose configuration changed, or whose other end is not where it
    belongs, anew."""
    actions: list[Action] = []
    for point in share.points:
        name = link_name(share.tag, point.port["id"])
        link = holding.links.get(name)
        if link is None or interface(point, share.tag, holding, spaces) is None:
            actions.append(_creation(point, share.tag, again=link is not None))
        else:
            actions += _repairs(point, share.tag, link)
    return actions


def interface(
    point: Point, tag: str, holding: Holding, spaces: Mapping[str, Space]
) -> Interface | None:
    """The end inside the namespace, if it is really the other end of the host's, and the host's
    bears the mark of this configuration."""
    space = spaces.get(point.space)
    inside = space.interfaces.get(point.interface) if space else None
    if inside is None:
        return None
    link = holding.links.get(link_name(tag, point.port["id"]))
    if link is None or (link.index, link.peer) != (inside.peer, inside.index):
        return None
    return inside if link.alias == _mark(point) else None


def report(point: Point, tag: str, spaces: Mapping[str, Space]) -> PortReport | None:
    """The end inside the namespace as it was read back."""
    space = spaces.get(point.space)
    inside = space.interfaces.get(point.interface) if space else None
    if inside is None:
        return None
    return {
        "id": point.port["id"],
        "interface": point.interface,
        "mac": inside.mac,
        "link": link_name(tag, point.port["id"]),
        "addresses": sorted(inside.addresses),
        "rx": inside.rx,
        "tx": inside.tx,
    }


def _creation(point: Point, tag: str, again: bool) -> Action:
    name, master = link_name(tag, point.port["id"]), bridge(tag, point.port["network"])
    mtu, mark = point.mtu, _mark(point)
    inside = f"{point.interface} mtu {mtu} address {point.port['mac']} netns {point.space}"
    lines = [
        f"link add {name} mtu {mtu} type veth peer name {inside}",
        f"link set {name} master {master} addrgenmode none alias {mark} up",
    ]
    if again:
        lines.insert(0, f"link del {name}")
    verb = "recreate" if again else "create"
    return Action(
        "ip", f"{verb} {_label(point)} as {name} on {master}", point.resource, tuple(lines)
    )


def _repairs(point: Point, tag: str, link: Link) -> Iterator[Action]:
    name, master = link_name(tag, point.port["id"]), bridge(tag, point.port["network"])
    label, end = _label(point), f"the host's end of {_label(point)}"
    repairs = [
        (link.master != master, f"put {label} on {master}", f"master {master}"),
        (not link.up, f"set {end} up", "up"),
        (link.mtu != point.mtu, f"set the MTU of {end} to {point.mtu}", f"mtu {point.mtu}"),
    ]
    for option, value in link.options.items():
        right = PORT_OPTIONS[option]
        word = f"type bridge_slave {option} {'on' if right else 'off'}"
        repairs.append((value != right, f"set {option} of {end} {'on' if right else 'off'}", word))
    for needed, sentence, words in repairs:
        if needed:
            yield Action("ip", sentence, point.resource, (f"link set {name} {words}",))


def _label(point: Point) -> str:
    return f"port {point.interface} of {point.owner}"


def _mark(point: Point) -> str:
    """What the host's end bears as alias: the port's name, and a digest of all that is set inside
    the namespace."""
    port = point.port
    parts = [
        port["mac"],
        port.get("addresses"),
        port.get("routes"),
        point.interface,
        point.space,
    ]
    digest = names.digest(json.dumps(parts, sort_keys=True))
    return names.alias(f"{port.get('name') or port['id']}~{digest}")
