# SPDX-License-Identifier: Apache-2.0
"""The desired state of a host (docs/ports.md, section 4) and what of it this host must refuse, with
the reason."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dataplane_agent import names, rules

Document = dict[str, Any]
MAC = re.compile(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}\Z")
LISTS = ("networks", "ports", "computes", "paths", "images")
NEEDS = {
    "networks": ("bridge",),
    "ports": ("netns", "veth"),
    "computes": ("netns", "veth"),
    "paths": ("nft_bridge",),
}


@dataclass(frozen=True)
class End:
    """A port that is to be: a SAP's, or one of a compute; `resource` is the one it is reported
    under."""

    port: Document
    resource: str
    name: str
    space: str
    link: str
    bridge: str
    mtu: int

    @property
    def interface(self) -> str:
        return names.interface(self.port)


def wellformed(body: Any) -> bool:
    """Whether a document has the outer form at all: lists of resources, each with an id."""
    return (
        isinstance(body, dict)
        and isinstance(body.get("version", 0), int)
        and all(isinstance(body.get(kind, []), list) for kind in LISTS)
        and all(
            isinstance(r, dict) and isinstance(r.get("id"), str)
            for kind in LISTS
            for r in body.get(kind, [])
        )
    )


def ends(desired: Document, tag: str) -> list[End]:
    """All ports of a document, SAPs' first."""
    mtus = {n["id"]: n.get("mtu") or 1500 for n in desired.get("networks", [])}
    return [
        End(
            port,
            owner["id"],
            f"{owner.get('name') or owner['id']}",
            names.space(tag, owner["id"]),
            names.link(tag, port["id"]),
            names.bridge(tag, port["network"]),
            mtus.get(port["network"], 1500),
        )
        for owner, port in owned(desired)
    ]


def owned(desired: Document) -> Iterator[tuple[Document, Document]]:
    """(who owns it, port): a SAP's port owns itself."""
    yield from ((p, p) for p in desired.get("ports", []))
    yield from ((c, p) for c in desired.get("computes", []) for p in c.get("ports", []))


def sift(
    desired: Document, features: Document, runtimes: set[str]
) -> tuple[Document, dict[str, str]]:
    """The part of a document this host can bring about, and for each other resource why it
    cannot."""
    why: dict[str, str] = {}
    for kind, needed in NEEDS.items():
        for resource in desired.get(kind, []):
            try:
                reason = _lacks(features, needed) or CHECKS[kind](resource, desired, why, runtimes)
            except (KeyError, TypeError, AttributeError) as e:
                reason = f"not of the form docs/ports.md states: {type(e).__name__} {e}"
            if reason:
                why[resource["id"]] = reason
    kept = {kind: [r for r in desired.get(kind, []) if r["id"] not in why] for kind in LISTS}
    return {**desired, **kept}, why


def _lacks(features: Document, needed: tuple[str, ...]) -> str:
    for name in needed:
        feature = features.get(name, {"works": True})
        if not feature["works"]:
            return f"this host lacks {name} ({feature.get('why', '')}), needed for {feature.get('for', name)}"
    return ""


def _network(network: Document, desired: Document, why: dict[str, str], runtimes: set[str]) -> str:
    mtu = network.get("mtu") or 1500
    return (
        "" if isinstance(mtu, int) and 68 <= mtu <= 65535 else f"mtu {mtu} is not from 68 to 65535"
    )


def _sap(port: Document, desired: Document, why: dict[str, str], runtimes: set[str]) -> str:
    return _port(port, desired, why)


def _compute(compute: Document, desired: Document, why: dict[str, str], runtimes: set[str]) -> str:
    if compute.get("runtime", "netns") not in runtimes:
        return f"runtime {compute.get('runtime')} is not known here; known: {', '.join(sorted(runtimes))}"
    if compute.get("image") not in {i["id"] for i in desired.get("images", [])}:
        return f"image {compute.get('image')} is not in the desired document"
    interfaces = [names.interface(p) for p in compute.get("ports", [])]
    if len(set(interfaces)) < len(interfaces):
        return f"two ports share an interface name ({', '.join(interfaces)})"
    return next(filter(None, (_port(p, desired, why) for p in compute.get("ports", []))), "")


def _port(port: Document, desired: Document, why: dict[str, str]) -> str:
    where = f"port {port.get('name') or port['id']}"
    if port["network"] not in {n["id"] for n in desired.get("networks", [])}:
        return f"{where}: network {port['network']} is not desired on this host"
    if port["network"] in why:
        return f"{where}: network {port['network']}: {why[port['network']]}"
    if not MAC.match(str(port.get("mac"))):
        return f"{where}: mac {port.get('mac')!r} is not a unicast address of the form 02:00:00:00:00:01"
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", names.interface(port)) or names.interface(port) in (
        ".",
        "..",
        "lo",
    ):
        return f"{where}: {names.interface(port)!r} cannot be an interface's name"
    try:
        for address in port.get("addresses") or []:
            ipaddress.ip_interface(address)
        for route in port.get("routes") or []:
            ipaddress.ip_network(route["to"])
            ipaddress.ip_address(route["via"])
    except ValueError as e:
        return f"{where}: {e}"
    return ""


def _path(path: Document, desired: Document, why: dict[str, str], runtimes: set[str]) -> str:
    ports = {p["id"]: (p, owner["id"]) for owner, p in owned(desired)}
    for number, hop in enumerate(path.get("hops", []), 1):
        for port in hop["from"] + hop["to"]:
            if port not in ports:
                return f"hop {number}: port {port} is not on this host"
            if ports[port][1] in why:
                return f"hop {number}: port {port}: {why[ports[port][1]]}"
        if not hop["from"] or not hop["to"]:
            return f"hop {number} names no port to come from or to go to"
        if len({ports[p][0]["network"] for p in hop["from"] + hop["to"]}) > 1:
            return f"hop {number} leads from one network to another; a hop stays on one"
    try:
        for match in path.get("match") or []:
            rules.match(match)
    except ValueError as e:
        return str(e)
    return ""


CHECKS = {"networks": _network, "ports": _sap, "computes": _compute, "paths": _path}
