# SPDX-License-Identifier: Apache-2.0
"""On which host a resource goes: the one it names, the one of its networks, or the first on which
it fits."""

from __future__ import annotations

import time

from mano import store
from mano.sol.documents import Body
from mano.vim import port
from vim_baremetal import attachment, fit, inventory


def host(
    tx: store.Transaction, vim: str, kind: str, name: str, spec: Body, policy: fit.Policy
) -> store.Document:
    """The host, locked, with room for the resource; Refused 404, 409, 422, 503 or 507."""
    what, need = f"{kind} {name}", fit.need(kind, spec)
    candidates = _candidates(tx, vim, what, zone(tx, vim, kind, what, spec))
    lacks = {}
    for candidate in candidates:
        if not (short := _lacks(candidate.body, need, policy)):
            candidate = tx.get("hosts", candidate.id, lock=True)
            if not (short := _lacks(candidate.body, need, policy)):
                return candidate
        lacks[candidate.id] = short
    unreachable = all(candidate.body["state"] != "ENABLED" for candidate in candidates)
    reasons = "; ".join(f"{id} ({', '.join(short)})" for id, short in lacks.items())
    status, why = (503, "no host can be reached now") if unreachable else (507, "no host has room")
    raise port.Refused(status, f"{what}: {why}: {reasons}")


def _candidates(tx: store.Transaction, vim: str, what: str, chosen: str) -> list[store.Document]:
    """The host that was chosen, read alone then, or all; Refused 404 or 507 without any."""
    if chosen:
        document = tx.look("hosts", chosen)
        if document is not None and inventory.belongs(document, vim):
            return [document]
        names = ", ".join(document.id for document in inventory.hosts(tx, vim)) or "none"
        raise port.Refused(
            404,
            f"{what}: VIM {vim} has no zone {chosen!r}; its hosts: {names}. Add the host first.",
        )
    hosts = inventory.hosts(tx, vim)
    if not hosts:
        raise port.Refused(507, f"{what}: VIM {vim} has no host yet. Add one.")
    return hosts


def zone(tx: store.Transaction, vim: str, kind: str, what: str, spec: Body) -> str:
    """The zone that the spec names or that its networks or ports are in, "" where it is free;
    Refused 404, 409, 422."""
    asked_for = [("it is asked for", spec["zone"])] if spec.get("zone") else []
    return _one([*asked_for, *_zones(tx, vim, kind, what, spec)], what)


def bind(
    tx: store.Transaction, vim: str, kind: str, spec: Body, host: store.Document, version: int
) -> None:
    """Networks that were nowhere yet come to be on the host of their first port."""
    for id in sorted(_networks(tx, vim, kind, kind, spec)):
        network = tx.get("network", id, lock=True)
        if network.body["zone"] not in ("", host.id) or network.body["state"] == "TERMINATING":
            raise store.Stale("network", id, network.version)  # somebody was quicker: decide again
        if not network.body["zone"]:
            network.body["zone"], network.body["inner"]["since"] = host.id, version
            tx.put(network)


def users(tx: store.Transaction, vim: str, kind: str, id: str) -> list[str]:
    """The names of what still needs the resource."""
    return [
        f"{user} {document.body['name']}"
        for user, part in _uses(kind, id)
        for document in tx.containing(user, {"spec": part}, owner=vim)
        if document.body["state"] != "TERMINATING"
    ]


def _uses(kind: str, id: str) -> list[tuple[str, Body]]:
    """How the specs look that need a resource of a kind."""
    if kind == "network":
        return [("port", {"network": id})]
    return [("compute", {"image": id})] if kind == "image" else []


def _zones(
    tx: store.Transaction, vim: str, kind: str, what: str, spec: Body
) -> list[tuple[str, str]]:
    """Where the resources are that this one is tied to, each with its name."""
    if kind == "path":
        return [
            _port_zone(tx, vim, what, name)
            for hop in spec.get("hops", [])
            for end in ("from", "to")
            for name in hop.get(end, [])
        ]
    zones = []
    for id in sorted(_networks(tx, vim, kind, what, spec)):
        network = tx.look("network", id)
        if network is None:
            raise port.Refused(
                404, f"{what}: VIM {vim} has no network with id {id!r}. Allocate the network first."
            )
        if network.body["state"] == "TERMINATING":
            raise port.Refused(409, f"{what}: network {network.body['name']} is being terminated")
        zones.append((f"network {network.body['name']} is", network.body["zone"]))
    return zones


def _port_zone(tx: store.Transaction, vim: str, what: str, name: str) -> tuple[str, str]:
    document = tx.look("port", port.resource_id(vim, "port", name))
    if document is None:
        raise port.Refused(404, f"{what}: VIM {vim} has no port {name}. Allocate it first.")
    if not document.body["zone"]:
        raise port.Refused(503, f"{what}: port {name} is nowhere yet, for its compute is not there")
    return f"port {name} is", document.body["zone"]


def _networks(tx: store.Transaction, vim: str, kind: str, what: str, spec: Body) -> set[str]:
    """The ids of the networks that a port, or a compute with its ports, is on."""
    ports = [spec] if kind == "port" else []
    if kind == "compute":
        ports = [item.body["spec"] for item in attachment.of_compute(tx, vim, what, spec)]
    return {str(item.get("network", "")) for item in ports}


def _one(zones: list[tuple[str, str]], what: str) -> str:
    """The zone that all reasons agree on, "" if there is none."""
    tied = [(why, zone) for why, zone in zones if zone]
    for why, zone in tied[1:]:
        if zone != tied[0][1]:
            raise port.Refused(
                422,
                f"{what}: {tied[0][0]} on host {tied[0][1]}, but {why} on host {zone}. Networks"
                " between hosts (overlays) are not there yet: give all of it the same zone.",
            )
    return tied[0][1] if tied else ""


def _lacks(body: Body, need: fit.Amounts, policy: fit.Policy) -> list[str]:
    if body["state"] == "ENABLED":
        return fit.short(body["facts"], body["used"], need, policy)
    if not body["seen"]:
        return ["REGISTERED: its agent was never heard of; start it there"]
    return [
        f"{body['state']}: its agent has been silent for {time.time() - body['seen']:.0f} s; "
        "see whether it runs"
    ]
