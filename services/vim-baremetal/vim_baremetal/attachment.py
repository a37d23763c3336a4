# SPDX-License-Identifier: Apache-2.0
"""Which port is on which compute: a port follows its compute to its host, and outlives it."""

from __future__ import annotations

from mano import store
from mano.sol.documents import Body
from mano.vim import port
from vim_baremetal import reports


def of_compute(tx: store.Transaction, vim: str, what: str, spec: Body) -> list[store.Document]:
    """The ports that a compute is allocated with; Refused 404, 409."""
    return [_port(tx, vim, what, name) for name in spec.get("ports", [])]


def attach(
    tx: store.Transaction, vim: str, compute: Body, host: store.Document, version: int
) -> None:
    """The ports of a compute that has come to a host follow it there.

    One that is on another compute stays there as long as that is."""
    for document in of_compute(tx, vim, f"compute {compute['name']}", compute["spec"]):
        holder = document.body["spec"].get("compute")
        if holder != compute["name"] and _is_there(tx, vim, holder):
            continue
        document = tx.get("port", document.id, lock=True)
        document.body["spec"]["compute"] = compute["name"]
        place(vim, document.body, host.id, version)
        tx.put(document)


def release(tx: store.Transaction, vim: str, compute: store.Document) -> None:
    """The ports of a compute that is gone are nowhere, until another one takes its place."""
    if compute.kind != "compute":
        return
    wanted = {"spec": {"compute": compute.body["name"]}}
    for document in tx.containing("port", wanted, owner=vim):
        document = tx.get("port", document.id, lock=True)
        if document.body["state"] == "TERMINATING":
            continue
        place(vim, document.body, "", 0)
        tx.put(document)


def host_of(tx: store.Transaction, vim: str, spec: Body) -> str | None:
    """Where the compute is that a port is on: "" where that is not there yet, None for a SAP's."""
    if not spec.get("compute"):
        return None
    compute = tx.look("compute", port.resource_id(vim, "compute", spec["compute"]))
    return str(compute.body["zone"]) if compute and _is_up(compute) else ""


def place(vim: str, body: Body, host: str, version: int) -> None:
    """Puts a port on a host, or, with "", nowhere; there is nothing to wait for then."""
    body["zone"] = host
    body["inner"]["since"] = version
    body["state"] = "BUILDING" if host else "ACTIVE"
    body["detail"] = reports.assigned(vim, body)
    body.pop("error", None)


def _port(tx: store.Transaction, vim: str, what: str, name: str) -> store.Document:
    document = tx.look("port", port.resource_id(vim, "port", name))
    if document is None:
        raise port.Refused(
            404, f"{what}: VIM {vim} has no port {name}. Allocate it before its compute."
        )
    if document.body["state"] == "TERMINATING":
        raise port.Refused(409, f"{what}: port {name} is being terminated")
    return document


def _is_there(tx: store.Transaction, vim: str, name: str | None) -> bool:
    if not name:
        return False
    compute = tx.look("compute", port.resource_id(vim, "compute", name))
    return compute is not None and _is_up(compute)


def _is_up(compute: store.Document) -> bool:
    return bool(compute.body["state"] != "TERMINATING")
