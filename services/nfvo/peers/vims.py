# SPDX-License-Identifier: Apache-2.0
"""The VIMs as the NFVO's peers: their capacity asked, what they say of hosts taken."""

from __future__ import annotations

import functools
from typing import Any, cast

from mano import bus, lcm, store
from mano.bus.receiver import Said, Verb
from mano.problems import Problem
from mano.vim import port
from nfvo import placement

KIND, HOSTS = "vims", "hosts"
Body = dict[str, Any]


def enabled(tx: store.Transaction, id: str | None) -> list[Body]:
    """The VIMs that may be used, in the order of their registration, or just that one; Problem 409
    if there is none."""
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


def capacities(op: lcm.Operation[Any], id: str | None = None) -> list[placement.Zone]:
    """The zones of the usable VIMs, or just of that one."""
    vims = enabled(op.tx, id)
    answers = op.ask_all([_capacity(vim) for vim in vims])
    return [
        cast(placement.Zone, {"vim": vim["id"], "vimType": vim["vimType"], **zone})
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


def connection(vim: dict[str, Any]) -> dict[str, Any]:
    """The VimConnectionInfo (SOL003 4.4.1.6) of a VIM."""
    return {
        "vimId": vim["id"],
        "vimType": vim["vimType"],
        **{name: vim[name] for name in ("interfaceInfo", "extra") if vim.get(name)},
    }


def verbs(kept: store.Store) -> dict[str, Verb]:
    """What VIMs tell the NFVO unasked."""
    return {"host_report": functools.partial(_reported, kept)}


def _reported(kept: store.Store, message: bus.Message) -> Said:
    def work(tx: store.Transaction) -> None:
        body = message["body"]
        host = tx.look(HOSTS, body["host"], lock=True)
        if host is None or (host.body.get("reportedAt") or "") > body.get("at", ""):
            return
        host.body.update(
            facts=body["facts"],
            resources=body["resources"],
            plan=body["plan"],
            reportedAt=body.get("at", ""),
        )
        if host.body["state"] != "REGISTERING":
            host.body["state"] = body["state"]
        tx.put(host)

    kept.run(work)
    return 200, {}
