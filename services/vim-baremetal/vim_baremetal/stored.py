# SPDX-License-Identifier: Apache-2.0
"""What this VIM stores: `hosts` (id = host name), `reports` (same id), resources by kind (id =
port.resource_id), and `closed`, the ids of what was terminated.

A resource's `inner` is not for callers: `since`, the desired version of its last change, and
`cpus`, dedicated to it. Whoever changes what is on a host holds its row (`lock_host`) first, then
the resource's: one order, no deadlock."""

from __future__ import annotations

import time
from typing import Any, cast

from mano import store
from mano.sol.documents import Body
from mano.vim import service as vim_service
from mano.vim.documents import Amounts, Resource
from vim_baremetal import fit

ON_HOSTS = (
    "network",
    "port",
    "compute",
    "path",
)  # what an agent makes; storage and images are ours alone
POLL = 20.0  # seconds; a report wakes those who wait, this is only for safety


def hosts(tx: store.Transaction, vim: str) -> list[store.Document]:
    """The hosts of a VIM, in the order in which they came."""
    return tx.containing("hosts", {"vim": vim, "added": True})


def lock_host(tx: store.Transaction, id: str) -> store.Document:
    """The host, locked; one that nobody has heard of is made, not yet added."""
    host = tx.look("hosts", id, lock=True)
    if host is None:
        tx.lock(f"hosts/{id}")
        host = tx.look("hosts", id, lock=True) or tx.add(
            "hosts",
            id,
            {
                "id": id,
                "vim": "",
                "added": False,
                "state": "REGISTERED",
                "facts": {},
                "boot": "",
                "desiredVersion": 0,
                "appliedVersion": 0,
                "used": {},
                "cpus": {},
                "seen": 0.0,
            },
        )
    return host


def resources(tx: store.Transaction, vim: str, host: str) -> list[store.Document]:
    """Everything that is on a host."""
    kinds = (*ON_HOSTS, "storage")
    documents = tx.containing(kinds, {"zone": host}, owner=vim)
    return sorted(documents, key=lambda document: kinds.index(document.kind))


def changed(tx: store.Transaction, host: store.Document) -> int:
    """Raises the locked host's desired version and makes it due to be sent; the caller puts the
    host."""
    host.body["desiredVersion"] += 1
    tx.schedule(f"desired/{host.id}", "desired")
    return int(host.body["desiredVersion"])


def take(host: store.Document, resource: Body, policy: fit.Policy) -> None:
    """Takes the resource's need from the locked host, and chooses its CPUs."""
    need = fit.need(resource["kind"], resource["spec"])
    host.body["used"] = fit.plus(host.body["used"], need)
    if need.get("dedicatedCpus"):
        cpus = fit.choose_cpus(
            host.body["facts"]["cpus"],
            {int(cpu) for cpu in host.body["cpus"]},
            need["dedicatedCpus"],
            policy,
        )
        host.body["cpus"].update({str(cpu): resource["id"] for cpu in cpus})
        resource["inner"]["cpus"] = cpus


def give_back(host: store.Document, resource: Body) -> None:
    """The opposite of `take`."""
    host.body["used"] = fit.plus(
        host.body["used"], fit.need(resource["kind"], resource["spec"]), -1
    )
    host.body["cpus"] = {cpu: id for cpu, id in host.body["cpus"].items() if id != resource["id"]}


def close(tx: store.Transaction, vim: str, document: store.Document) -> None:
    """Nothing is left of the resource: its name is closed, and those who wait for that are
    woken."""
    tx.remove(document)
    tx.add("closed", document.id, {"at": time.time()})
    vim_service.wake(tx, vim, document.kind, document.body["name"])


def public(resource: Body) -> Resource:
    """The resource as callers see it."""
    body = {key: value for key, value in resource.items() if key != "inner"}
    if body["state"] in ("BUILDING", "TERMINATING"):
        body["poll"] = POLL
    return cast(Resource, body)


def public_host(host: dict[str, Any], policy: fit.Policy) -> dict[str, Any]:
    """The host as callers see it."""
    attributes = {
        key: host[key]
        for key in ("id", "vim", "state", "facts", "boot", "desiredVersion", "appliedVersion")
    }
    return {
        **attributes,
        "total": fit.totals(host["facts"], host["used"], policy),
        "used": used(host),
    }


def used(host: dict[str, Any]) -> Amounts:
    """What is taken of a host; pages and VFs are not given out yet."""
    none = {"vcpus": 0, "dedicatedCpus": 0, "memoryMiB": 0, "storageMiB": 0}
    return cast(Amounts, {**none, **host["used"], "hugepages": {}, "vfs": {}})
