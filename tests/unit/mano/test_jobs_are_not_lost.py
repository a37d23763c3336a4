# SPDX-License-Identifier: Apache-2.0
"""A job that ends in the moment in which it is scheduled again, by two transactions on a real PostgreSQL."""
from __future__ import annotations

import threading
import time

from mano import store


def test_a_job_scheduled_while_it_finishes_is_due_again(kept: store.Store) -> None:
    with kept.begin() as tx:
        tx.schedule("notify/1", "notify")
    with kept.begin() as tx:
        job = tx.claim("notify/1")
    assert job is not None
    scheduling = threading.Thread(target=_schedule, args=(kept,))
    with kept.begin() as tx:
        assert tx.finish_unless_signalled(job)
        scheduling.start()
        _wait_for_its_lock(kept, tx)
    scheduling.join(10)
    with kept.begin() as tx:
        assert tx.claim("notify/1") is not None


def _schedule(kept: store.Store) -> None:
    with kept.begin() as tx:
        tx.schedule("notify/1", "notify")


def _wait_for_its_lock(kept: store.Store, tx: store.Transaction) -> None:
    until = time.monotonic() + 10
    while not tx.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %(like)s",
                         like=f'%{kept.name}%').scalar():
        assert time.monotonic() < until, "nobody waited for the job's row"
        time.sleep(0.01)
