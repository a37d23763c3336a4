# SPDX-License-Identifier: Apache-2.0
"""The report to the VIM (docs/ports.md, section 4): what was read back, never what was meant.
Pure."""

from typing import Any

from dataplane_agent import convergence, names, plan
from dataplane_agent import desired as wish
from dataplane_agent import found as kept

Document = dict[str, Any]
KINDS = {
    "networks": "network",
    "ports": "port",
    "computes": "compute",
    "paths": "path",
    "images": "image",
}


def resources(
    desired: Document,
    outcome: convergence.Outcome,
    host: plan.Host,
    why: dict[str, str],
    notes: dict[str, Document],
) -> dict[str, Document]:
    """Each desired resource with its state: ERROR by `why`, BUILDING while the plan still names it,
    else ACTIVE.

    `notes` are what supervision knows of computes: {"restarts", "settled"}."""
    waiting: dict[str, str] = {}
    for action in outcome.rest:
        waiting.setdefault(action.resource, action.sentence)
    ends = wish.ends(outcome.wanted, host.tag)
    answer: dict[str, Document] = {}
    for kind, word in KINDS.items():
        for resource in desired.get(kind, []):
            known: Document = {"kind": word, "state": "ACTIVE"}
            if resource["id"] in why:
                known.update(state="ERROR", why=why[resource["id"]])
            elif resource["id"] in waiting:
                known.update(state="BUILDING", why=waiting[resource["id"]])
            answer[resource["id"]] = known | DETAILS[kind](resource, outcome.found, host, ends)
    for compute, note in notes.items():
        if compute in answer:
            answer[compute]["restarts"] = note["restarts"]
            if answer[compute]["state"] == "ACTIVE" and not note["settled"]:
                answer[compute].update(state="BUILDING", why="its process has only just started")
    return answer


def leaving(
    known: dict[str, str], desired: Document, found: kept.Found, tag: str
) -> dict[str, str]:
    """Of the resources once desired ({id: kind}), those that no longer are but are still in the
    kernel."""
    wanted = {r["id"] for kind in KINDS for r in desired.get(kind, [])}
    there = {
        name[-8:]
        for name in (*found.bridges, *found.spaces, *found.links, *found.paths, *found.groups)
    }
    running = {p.compute for p in found.processes}
    return {
        i: kind
        for i, kind in known.items()
        if i not in wanted and (names.digest(i) in there or i in running)
    }


def _network(
    network: Document, found: kept.Found, host: plan.Host, ends: list[wish.End]
) -> Document:
    name = names.bridge(host.tag, network["id"])
    return {"bridge": name} if name in found.bridges else {}


def _sap(port: Document, found: kept.Found, host: plan.Host, ends: list[wish.End]) -> Document:
    name = names.space(host.tag, port["id"])
    there = {"namespace": name} if name in found.spaces else {}
    return there | {"ports": _ports(port["id"], found, ends)}


def _compute(
    compute: Document, found: kept.Found, host: plan.Host, ends: list[wish.End]
) -> Document:
    there = _sap(compute, found, host, ends)
    process = plan.main(compute["id"], found, names.space(host.tag, compute["id"]))
    if process:
        there |= {"pid": process.pid, "cpus": list(process.cpus)}
    group = found.groups.get(names.digest(compute["id"]))
    return there | ({"limits": group} if group else {})


def _path(path: Document, found: kept.Found, host: plan.Host, ends: list[wish.End]) -> Document:
    there = found.paths.get(names.path(path["id"]), kept.Path())
    return {"hops": [{"packets": packets, "bytes": octets} for packets, octets in there.hops]}


def _image(image: Document, found: kept.Found, host: plan.Host, ends: list[wish.End]) -> Document:
    return {}


def _ports(resource: str, found: kept.Found, ends: list[wish.End]) -> list[Document]:
    answer = []
    for end in ends:
        space = found.spaces.get(end.space)
        inside = space.ends.get(end.interface) if space else None
        if end.resource == resource and inside:
            answer.append(
                {
                    "id": end.port["id"],
                    "interface": end.interface,
                    "mac": inside.mac,
                    "link": end.link,
                    "addresses": sorted(inside.addresses),
                    "rx": inside.rx,
                    "tx": inside.tx,
                }
            )
    return answer


DETAILS = {
    "networks": _network,
    "ports": _sap,
    "computes": _compute,
    "paths": _path,
    "images": _image,
}
