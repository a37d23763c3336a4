# SPDX-License-Identifier: Apache-2.0
"""The resources of a VIM as they are stored: by kind, under port.resource_id; what was
terminated is `closed`.

A resource's `inner` is not for callers: `since`, the desired version of its last change, and
`cpus`, dedicated to it. Whoever changes what is on a host holds its row (`inventory.lock_host`)
first, then the resource's: one order, no deadlock."""

from __future__ import annotations

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


def public(resource: Body) -> Resource:
    """The resource as callers see it."""
    body = {key: value for key, value in resource.items() if key != "inner"}
    if body["state"] in ("BUILDING", "TERMINATING"):
        body["poll"] = POLL
    return cast(Resource, body)
