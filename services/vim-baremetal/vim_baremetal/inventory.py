# SPDX-License-Identifier: Apache-2.0
"""The hosts of a VIM as they are stored: `hosts`, whose id is the host's name."""

from __future__ import annotations

import time
from typing import Any, cast

from mano import store
from mano.vim.documents import Amounts
from vim_baremetal import fit

HEARD = 15.0  # seconds; an agent reports every 10
BOOTS = 7  # that are remembered besides the last


def hosts(tx: store.Transaction, vim: str) -> list[store.Document]:
    """The hosts of a VIM, in the order in which they came."""
    return tx.containing("hosts", {"vim": vim, "added": True})


def belongs(host: store.Document, vim: str) -> bool:
    """Whether it is a host of the VIM."""
    return bool(host.body["added"] and host.body["vim"] == vim)


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


def is_late(host: dict[str, Any], message: dict[str, Any]) -> bool:
    """Whether its agent said something younger before: later in this boot, or in a later one.

    Boots have no order but that in which they are heard, and the host's clock, which may have been
    set back; so whoever is not the last one heard is heard again when that has fallen silent."""
    boot = message.get("boot", host["boot"])
    if boot == host["boot"]:
        return bool(message.get("uptime", host.get("uptime", 0)) < host.get("uptime", 0))
    if abs(time.time() - host["seen"]) > HEARD:
        return False
    is_earlier = "at" in message and message["at"] < host.get("reportedAt", "")
    return is_earlier or boot in host.get("boots", ())


def end_boot(host: dict[str, Any]) -> None:
    """The host has booted again: what comes of the boot that was is late."""
    host["boots"] = [*host.get("boots", ())[-BOOTS:], host["boot"]]


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
