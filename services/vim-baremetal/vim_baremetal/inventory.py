# SPDX-License-Identifier: Apache-2.0
"""The hosts of a VIM as they are stored: `hosts`, whose id is the host's name."""

from __future__ import annotations

from typing import Any, cast

from mano import store
from mano.vim.documents import Amounts
from vim_baremetal import fit


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


def raise_version(tx: store.Transaction, host: store.Document) -> int:
    """Raises the locked host's desired version and makes it due; the caller puts the host."""
    host.body["desiredVersion"] += 1
    tx.schedule(f"desired/{host.id}", "desired")
    return int(host.body["desiredVersion"])


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
