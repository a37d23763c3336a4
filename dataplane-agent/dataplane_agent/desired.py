# SPDX-License-Identifier: Apache-2.0
"""What of a desired document this host must refuse, with the reason. Pure.

Nothing is dropped: what no interconnect or runtime can bring about is an ERROR that says why."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from dataplane_agent import connections, interconnects, names, runtimes, shares
from dataplane_agent.host import Host
from dataplane_agent.interconnects import Interconnect
from dataplane_agent.port import Compute, Desired, Network, Path, Port

MAC = re.compile(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}\Z")
INTERFACE = re.compile(r"[A-Za-z0-9_.-]+")
LISTS = ("networks", "ports", "computes", "paths", "images")


@dataclass
class Review:
    """A document under review, and the reasons found so far against its resources."""

    desired: Desired
    host: Host
    reasons: dict[str, str] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)


def wellformed(body: object) -> bool:
    """Whether a document has the outer form at all: lists of resources, each with an id."""
    if not isinstance(body, dict) or not isinstance(body.get("version", 0), int):
        return False
    lists = [body.get(kind, []) for kind in LISTS]
    return all(isinstance(items, list) and all(map(_has_id, items)) for items in lists)


def resources(desired: Desired, kind: str) -> list[Any]:
    """The resources of a document in one of its lists."""
    return cast("dict[str, list[Any]]", desired).get(kind, [])


def sift(desired: Desired, host: Host) -> tuple[Desired, dict[str, str]]:
    """The part of a document this host can bring about, and for each other resource why it
    cannot."""
    review = Review(desired, host)
    review.networks = {network["id"]: network for network in desired.get("networks", [])}
    for kind, check in CHECKS.items():
        for resource in resources(desired, kind):
            try:
                reason = next(filter(None, check(resource, review)), "")
            except (KeyError, TypeError, AttributeError) as e:
                reason = f"not of the form docs/ports.md states: {type(e).__name__} {e}"
            if reason:
                review.reasons[resource["id"]] = reason
    possible = {
        kind: [r for r in resources(desired, kind) if r["id"] not in review.reasons]
        for kind in LISTS
    }
    return cast("Desired", {**desired, **possible}), review.reasons


# Each check gives reasons, "" for none; the first one counts.


def _network(network: Network, review: Review) -> Iterator[str]:
    yield from _by_interconnect("networks", network, connections.network_type(network), review)


def _compute(compute: Compute, review: Review) -> Iterator[str]:
    name = compute.get("runtime") or runtimes.DEFAULT
    if name not in review.host.runtimes:
        known = ", ".join(sorted(review.host.runtimes))
        yield f"runtime {name} is not known here; known: {known}"
        return
    capabilities = review.host.runtimes[name].capabilities
    yield _lacks(review.host, capabilities.needs)
    for attribute in ("cpus", "vcpus", "memoryMiB", "userData"):
        if compute.get(attribute) and attribute not in capabilities.honours:
            yield f"runtime {name} does not honour {attribute}"
    if compute.get("image") not in {image["id"] for image in review.desired.get("images", [])}:
        yield f"image {compute.get('image')} is not in the desired document"
    interfaces = [names.interface(port) for port in compute.get("ports", [])]
    if len(set(interfaces)) < len(interfaces):
        yield f"two ports share an interface name ({', '.join(interfaces)})"
    for port in compute.get("ports", []):
        yield from _port(port, review)
        attaches = _interconnect(port, review).capabilities.attaches
        if attaches not in capabilities.takes:
            yield f"port {port.get('name') or port['id']}: runtime {name} takes no {attaches}"


def _port(port: Port, review: Review) -> Iterator[str]:
    """All reasons against a port, each with the port's name before it."""
    for reason in _port_reasons(port, review):
        if reason:
            yield f"port {port.get('name') or port['id']}: {reason}"
            return


def _port_reasons(port: Port, review: Review) -> Iterator[str]:
    identity = port["network"]
    if identity not in review.networks:
        yield f"network {identity} is not desired on this host"
        return
    if identity in review.reasons:
        yield f"network {identity}: {review.reasons[identity]}"
        return
    type = connections.port_type(port, review.networks)
    carrier = connections.network_type(review.networks[identity])
    yield from _by_interconnect("ports", port, type, review)
    if type != carrier:
        yield f"type {type} on network {identity} of type {carrier}"
    yield _mac(port)
    yield _interface(port)
    yield _addresses(port)


def _mac(port: Port) -> str:
    mac = port.get("mac")
    if MAC.match(str(mac)):
        return ""
    return f"mac {mac!r} is not a unicast address of the form 02:00:00:00:00:01"


def _interface(port: Port) -> str:
    name = names.interface(port)
    possible = INTERFACE.fullmatch(name) and name not in (".", "..", "lo")
    return "" if possible else f"{name!r} cannot be an interface's name"


def _addresses(port: Port) -> str:
    try:
        for address in port.get("addresses") or []:
            ipaddress.ip_interface(address)
        for route in port.get("routes") or []:
            ipaddress.ip_network(route["to"])
            ipaddress.ip_address(route["via"])
    except ValueError as e:
        return str(e)
    return ""


def _path(path: Path, review: Review) -> Iterator[str]:
    owners = {port["id"]: owner for owner, _, port in connections.owned(review.desired)}
    ports = {port["id"]: port for _, _, port in connections.owned(review.desired)}
    for number, hop in enumerate(path.get("hops", []), 1):
        ends = hop["from"] + hop["to"]
        for identity in ends:
            if identity not in ports:
                yield f"hop {number}: port {identity} is not on this host"
            elif owners[identity] in review.reasons:
                yield f"hop {number}: port {identity}: {review.reasons[owners[identity]]}"
        if not hop["from"] or not hop["to"]:
            yield f"hop {number} names no port to come from or to go to"
        if len({ports[identity]["network"] for identity in ends}) > 1:
            yield f"hop {number} leads from one network to another; a hop stays on one"
    ends = [identity for hop in path["hops"] for identity in hop["from"] + hop["to"]]
    types = {identity: connections.port_type(ports[identity], review.networks) for identity in ends}
    if len(set(types.values())) > 1:
        carriers = " and ".join(sorted(set(types.values())))
        yield f"it leads over {carriers}; a path stays on one type of interconnect"
    yield from _by_interconnect("paths", path, shares.path_type(path, types), review)


def _by_interconnect(kind: str, resource: object, type: str, review: Review) -> Iterator[str]:
    """What the interconnect of this type has against a resource."""
    interconnect = review.host.interconnects.get(type)
    if interconnect is None:
        yield interconnects.why_unknown(type, review.host.interconnects)
        return
    if kind == "paths" and not interconnect.capabilities.paths:
        yield f"no paths lead over type {type}"
    yield _lacks(review.host, interconnect.capabilities.needs.get(kind, ()))
    yield interconnect.refuse(kind, resource)


def _interconnect(port: Port, review: Review) -> Interconnect:
    return review.host.interconnects[connections.port_type(port, review.networks)]


def _lacks(host: Host, features: Iterable[str]) -> str:
    """Which feature this host lacks; one that nobody has probed is taken to work."""
    for name in features:
        feature = host.features.get(name)
        if feature and not feature["works"]:
            why, purpose = feature.get("why", ""), feature.get("for", name)
            return f"this host lacks {name} ({why}), needed for {purpose}"
    return ""


def _has_id(resource: object) -> bool:
    return isinstance(resource, dict) and isinstance(resource.get("id"), str)


CHECKS: dict[str, Callable[[Any, Review], Iterator[str]]] = {
    "networks": _network,
    "ports": _port,
    "computes": _compute,
    "paths": _path,
}
