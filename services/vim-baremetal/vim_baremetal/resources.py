# SPDX-License-Identifier: Apache-2.0
"""The resources of a VIM as they are stored: by kind, under port.resource_id; what was
terminated is `closed`.

A resource's `inner` is not for callers: `since`, the desired version of its last change, `cpus`,
dedicated to it, and `deadline`, by when it is to be removed. Whoever changes what is on a host
holds its row (`inventory.lock_host`) first, then the resource's: one order, no deadlock."""

from __future__ import annotations

import time
from typing import cast

from mano import store
from mano.sol.documents import Body
from mano.vim import closed, news
from mano.vim import service as vim_service
from mano.vim.documents import Resource

# What an agent makes; storage and images are ours alone.
ON_HOSTS = ("network", "port", "compute", "path")


POLL = 20.0  # seconds; a report wakes those who wait, this is only for safety


def on_host(tx: store.Transaction, vim: str, host: str) -> list[store.Document]:
    """Everything that is on a host."""
    kinds = (*ON_HOSTS, "storage")
    documents = tx.containing(kinds, {"zone": host}, owner=vim)
    return sorted(documents, key=lambda document: kinds.index(document.kind))


def news_of_computes(
    tx: store.Transaction, vim: str, host: str, state: str = ""
) -> list[news.ComputeNews]:
    """What is to be told of the computes on a host; `state` in place of their own."""
    computes = tx.containing("compute", {"zone": host}, owner=vim)
    return [news.of(compute.body, state) for compute in computes]


def close(tx: store.Transaction, vim: str, document: store.Document) -> None:
    """Nothing is left of the resource: its name is closed, and who waits for that is woken."""
    tx.remove(document)
    closed.close(tx, document.id)
    vim_service.wake(tx, vim, document.kind, document.body["name"])


def public(resource: Body, host: Body | None = None) -> Resource:
    """The resource as callers see it: `host` is the one that it is on, for what was read back there
    is as old as that host's last report, and nothing is known of it while the host is silent."""
    body = {key: value for key, value in resource.items() if key != "inner"}
    if host and resource["kind"] in ON_HOSTS:
        body["observedAt"] = host.get("reportedAt", "")
        if host["state"] == "UNREACHABLE" and body["state"] == "ACTIVE":
            body["state"] = "UNKNOWN"
    if body["state"] in ("BUILDING", "TERMINATING", "UNKNOWN"):
        body["poll"] = POLL
    if body["state"] == "TERMINATING":
        body |= _overdue(resource, host)
    return cast(Resource, body)


def _overdue(resource: Body, host: Body | None) -> Body:
    """Of what is being removed: when to look again, and past its deadline why it is still there."""
    left = resource["inner"].get("deadline", 0.0) - time.time()
    if left > 0:
        return {"poll": min(POLL, left)}
    why = resource["detail"].get("why") or "its agent gives no reason"
    if host and host["state"] == "UNREACHABLE":
        why += f"; the host is UNREACHABLE since its last report at {host.get('reportedAt')}"
    detail = (
        f"host {resource['zone']} has not removed {resource['kind']} {resource['name']} in time: "
        f"{why}. It still tries; ask again when the cause is mended."
    )
    return {"error": {"status": 504, "detail": detail}}
