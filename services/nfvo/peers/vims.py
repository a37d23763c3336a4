# SPDX-License-Identifier: Apache-2.0
"""The VIMs as the NFVO's peers: their capacity asked, what they say of hosts taken."""

from __future__ import annotations

import functools
from typing import Any, TypedDict, cast

from mano import bus, lcm
from mano.bus import versions
from mano.bus.receiver import Response, Verb
from mano.problems import Problem
from mano.sol.documents import Body
from mano.store import Document, Store, Transaction
from mano.vim import port, types
from mano.vim.documents import Capabilities, Connection, Zone
from nfvo import capacity

KIND, HOSTS, EVENTS = "vims", "hosts", "host_events"


def enabled(tx: Transaction, id: str | None) -> list[Body]:
    """The VIMs that may be used, in the order of their registration, or just that one.

    Problem 409 if there is none."""
    vims = [
        document.body
        for document in tx.find(KIND)
        if document.body["state"] == "ENABLED" and id in (None, document.id)
    ]
    if not vims and id:
        raise Problem(409, f"VIM {id!r} is not registered or not ENABLED; see GET /admin/v1/vims.")
    if not vims:
        raise Problem(
            409,
            "No VIM is ENABLED. Register one with POST /admin/v1/vims (mano vim add), and its "
            "hosts.",
        )
    return vims


def capacities(op: lcm.Operation[Any], id: str | None = None) -> list[capacity.Zone]:
    """The zones of the usable VIMs, or just of that one."""
    vims = enabled(op.tx, id)
    answers = op.ask_all([_capacity(vim) for vim in vims])
    return [
        _zone(vim, zone, answer.body["capabilities"])
        for vim, answer in zip(vims, answers, strict=True)
        for zone in answer.body["zones"]
    ]


def _capacity(vim: Body) -> lcm.Ask:
    return lcm.Ask(
        port.address(vim["vimType"]),
        "capacity",
        {"vim": vim["id"]},
        f"capacity/{vim['id']}",
        f"capacity of VIM {vim['id']}",
    )


def capabilities(vim: Body) -> Capabilities:
    """What a VIM can: as it says itself, or, until it is registered, as its type says."""
    said: Capabilities | None = vim.get("capabilities")
    return said or types.find(vim["vimType"]).capabilities


def _zone(vim: Body, zone: Zone, capabilities: Capabilities) -> capacity.Zone:
    """The zone as placement sees it; what holds for the VIM is a feature of each of its zones."""
    features = {
        "overlay": capabilities["overlay"],
        "node": capabilities["zonesAreNodes"],
        "host": capabilities["hosts"],
    }
    return {
        "vim": vim["id"],
        "vimType": vim["vimType"],
        "id": zone["id"],
        "state": zone["state"],
        "total": {**zone["total"]},
        "used": cast(dict[str, int], zone["used"]),
        "features": features | zone.get("features", {}),
    }


def connection(vim: Body) -> Connection:
    """The VimConnectionInfo (SOL003 4.4.1.6) of a VIM, as every reader of a VNF may see it.

    How the VIM's own service speaks with it (`accessInfo`, `extra`) is not of it."""
    connection: Connection = {"vimId": vim["id"], "vimType": vim["vimType"]}
    if vim.get("interfaceInfo"):
        connection["interfaceInfo"] = vim["interfaceInfo"]
    return connection


class HostState(TypedDict):
    """A host as it is to be, whole in each message: whichever comes first says all."""

    vim: str
    host: str
    paused: bool
    version: int


def host_state(host: Body) -> HostState:
    """What its VIM is told of a host."""
    return {
        "vim": host["vimId"],
        "host": host["id"],
        "paused": host.get("paused", False),
        "version": host.get("_version", 0),
    }


def raise_version(tx: Transaction, host: Document) -> None:
    """The host, whose row is held, has changed: it is stored, and what its VIM was told is old."""
    host.body["_version"] = tx.next_version()
    tx.put(host)


def forget_host(tx: Transaction, host: Document) -> None:
    """The host is not ours any more; what is still reported of it changes nothing."""
    tx.remove(host)
    if events := tx.look(EVENTS, host.id, lock=True):
        tx.remove(events)
    versions.end(tx, _report_key(host.id))


def verbs(store: Store) -> dict[str, Verb]:
    """What VIMs tell the NFVO unasked."""
    return {"host_report": functools.partial(_take_host_report, store)}


def _take_host_report(store: Store, message: bus.Message) -> Response:
    store.run(lambda tx: _record_host(tx, message["body"]))
    return 200, {}


def _record_host(tx: Transaction, report: Body) -> None:
    """What a host says of itself, unless something newer is known."""
    host = tx.look(HOSTS, report["host"], lock=True)
    if host is None or host.body["vimId"] != report["vim"]:
        return
    if not versions.take(tx, _report_key(host.id), report.get("serial", 0)):
        return
    host.body.update(
        facts=report["facts"],
        resources=report["resources"],
        plan=report["plan"],
        reportedAt=report.get("at", ""),
    )
    if host.body["state"] != "REGISTERING":
        host.body["state"] = report["state"]
        host.body.pop("error", None)  # its agent came after all
    tx.put(host)
    _record_events(tx, host.id, report.get("events", []))


def _record_events(tx: Transaction, host: str, events: list[Body]) -> None:
    """What its agent mended; the agent keeps a bounded number of them."""
    document = tx.look(EVENTS, host, lock=True) or tx.add(EVENTS, host, {"events": []})
    if document.body["events"] != events:
        document.body["events"] = events
        tx.put(document)


def _report_key(host: str) -> str:
    return f"host_report/{host}"
