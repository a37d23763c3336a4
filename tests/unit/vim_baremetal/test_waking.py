# SPDX-License-Identifier: Apache-2.0
"""Who waits for a resource is woken by what changes it, however close the two are."""

from __future__ import annotations

import threading

from mano.store import Store, Transaction
from mano.vim import service

WAITING = "await/v/compute/op/a"


def test_who_begins_to_wait_while_a_report_is_stored_looks_at_what_it_says(store: Store) -> None:
    watcher = threading.Thread(target=lambda: store.run(begin_to_wait))

    with store.begin() as tx:
        service.wake(tx, "v", "compute", "op/a")
        watcher.start()
        watcher.join(0.3)
        assert watcher.is_alive()  # else it would read the resource as it was
    watcher.join(5)
    with store.begin() as tx:
        job = tx.claim(WAITING)
    assert job is not None and job.signals == [{"watcher": {"id": "m"}}]


def test_who_waits_already_is_woken(store: Store) -> None:
    store.run(begin_to_wait)
    with store.begin() as tx:
        job = tx.claim(WAITING)
        assert job is not None and not tx.release(job, 20.0)
    with store.begin() as tx:
        assert tx.claim(WAITING) is None
        service.wake(tx, "v", "compute", "op/a")
    with store.begin() as tx:
        assert tx.claim(WAITING) is not None


def begin_to_wait(tx: Transaction) -> None:
    service.add_watcher(tx, WAITING, {"id": "m"}, 20.0)
