# SPDX-License-Identifier: Apache-2.0
"""The report to the VIM: what was read back, never what was meant. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dataplane_agent import computes, connections, names
from dataplane_agent import desired as document
from dataplane_agent.convergence import Outcome
from dataplane_agent.found import Found
from dataplane_agent.host import Host
from dataplane_agent.port import Compute, Desired, Image, Kind, Network, Path, Port, Resource

KINDS: Mapping[str, Kind] = {
    "networks": "network",
    "ports": "port",
    "computes": "compute",
    "paths": "path",
    "images": "image",
}
Details = dict[str, Any]  # of a Resource, those of its kind


@dataclass(frozen=True)
class Note:
    """What supervision knows of a compute."""

    restarts: int
    settled: bool  # its process has lived long enough to be called running


@dataclass(frozen=True)
class Reading:
    """What was read back, by the light of what was possible."""

    found: Found
    host: Host
    points: list[connections.Point]


def resources(
    desired: Desired,
    outcome: Outcome,
    host: Host,
    reasons: Mapping[str, str],
    notes: Mapping[str, Note],
) -> dict[str, Resource]:
    """Each desired resource with its state: ERROR by `reasons`, BUILDING while the plan still names
    it, else ACTIVE."""
    due: dict[str, str] = {}
    for action in outcome.rest:
        due.setdefault(action.resource, action.sentence)
    reading = Reading(outcome.found, host, connections.points(outcome.possible, host.tag))
    reports: dict[str, Resource] = {}
    for plural, kind in KINDS.items():
        for resource in document.resources(desired, plural):
            identity = resource["id"]
            report: Details = {"kind": kind, "state": "ACTIVE"}
            if identity in reasons:
                report |= {"state": "ERROR", "why": reasons[identity]}
            elif identity in due:
                report |= {"state": "BUILDING", "why": due[identity]}
            report |= DETAILS[plural](resource, reading)
            reports[identity] = Resource(**report)  # type: ignore[typeddict-item]
    for identity, note in notes.items():
        if identity in reports:
            _add_note(reports[identity], note)
    return reports


def leaving(former: Mapping[str, Kind], desired: Desired, found: Found) -> dict[str, Kind]:
    """Of the resources once desired ({id: kind}), those that no longer are but are still in the
    kernel."""
    members = {r["id"] for plural in KINDS for r in document.resources(desired, plural)}
    digests = {names.resource_digest(name) for name in found.names()}
    running = {process.compute for process in found.processes}
    return {
        identity: kind
        for identity, kind in former.items()
        if identity not in members
        and (names.resource_digests(identity) & digests or identity in running)
    }


def _add_note(report: Resource, note: Note) -> None:
    report["restarts"] = note.restarts
    if report["state"] == "ACTIVE" and not note.settled:
        report["state"] = "BUILDING"
        report["why"] = "its process has only just started"


def _network(network: Network, reading: Reading) -> Details:
    type = connections.network_type(network)
    interconnect = reading.host.interconnects.get(type)
    if interconnect is None:
        return {}
    return interconnect.report_network(network, reading.host.tag, reading.found.holdings[type])


def _sap(port: Port, reading: Reading) -> Details:
    return _namespace(port["id"], reading)


def _compute(compute: Compute, reading: Reading) -> Details:
    details = _namespace(compute["id"], reading)
    process = computes.main(compute["id"], reading.found, reading.host.tag)
    if process:
        details |= {"pid": process.pid, "cpus": list(process.cpus)}
    limits = reading.found.groups.get(names.group(compute["id"]))
    if limits:
        details["limits"] = limits
    return details


def _namespace(resource: str, reading: Reading) -> Details:
    """The namespace of a resource, and the ports that lead into it."""
    host, found = reading.host, reading.found
    name = names.space(host.tag, resource)
    ports = []
    for point in reading.points:
        if point.resource == resource:
            interconnect, holding = host.interconnects[point.type], found.holdings[point.type]
            ports.append(interconnect.report_port(point, host.tag, holding, found.spaces))
    details: Details = {"namespace": name} if name in found.spaces else {}
    return details | {"ports": [port for port in ports if port]}


def _path(path: Path, reading: Reading) -> Details:
    for name, interconnect in reading.host.interconnects.items():
        hops = interconnect.report_path(path, reading.found.holdings[name])
        if hops:
            return {"hops": hops}
    return {"hops": []}


def _image(image: Image, reading: Reading) -> Details:
    return {}


DETAILS: Mapping[str, Callable[[Any, Reading], Details]] = {
    "networks": _network,
    "ports": _sap,
    "computes": _compute,
    "paths": _path,
    "images": _image,
}
