# SPDX-License-Identifier: Apache-2.0
"""A job that ends in the moment in which it is scheduled again, by two transactions on a real
PostgreSQL."""

from __future__ import annotations

import threading
import time

from mano.store import Job, Store, Transaction


def test_a_job_scheduled_while_it_finishes_is_due_again(store: Store) -> None:
    with store.begin() as tx:
        tx.schedule("notify/1", "notify")
    with store.begin() as tx:
        job = tx.claim("notify/1")
    assert job is not None
    scheduling = threading.Thread(target=_schedule, args=(store,))
    with store.begin() as tx:
        assert tx.finish_unless_signalled(job)
        scheduling.start()
        _wait_for_its_lock(tx)
    scheduling.join(10)
    with store.begin() as tx:
        assert tx.claim("notify/1") is not None


def test_a_signal_stored_while_its_job_ends_goes_with_it(store: Store) -> None:
    with store.begin() as tx:
        tx.schedule("job", "lcm")
    with store.begin() as tx:
        job = tx.claim("job")
    assert job is not None
    finishing = threading.Thread(target=_finish, args=(store, job))
    with store.begin() as tx:
        assert tx.signal("job", {"event": "late"})
        finishing.start()
        _wait_for_its_lock(tx)
    finishing.join(10)
    with store.begin() as tx:
        assert tx.execute("SELECT count(*) FROM {s}.signal").scalar() == 0


def _finish(store: Store, job: Job) -> None:
    with store.begin() as tx:
        tx.finish(job)


def _schedule(store: Store) -> None:
    with store.begin() as tx:
        tx.schedule("notify/1", "notify")


def _wait_for_its_lock(tx: Transaction) -> None:
    until = time.monotonic() + 10
    while not tx.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar():
        assert time.monotonic() < until, "nobody waited for the job's row"
        time.sleep(0.01)


def test_what_a_killed_process_owed_is_sent_at_once_by_the_next_one(store: Store) -> None:
    with store.begin() as tx:
        tx.owe(
            {
                "id": "1",
                "to": "nobody",
                "operation": "x",
                "body": None,
                "reply_to": "",
                "reply_key": "",
            }
        )
    with store.begin() as tx:
        assert tx.unsent() == []  # whoever owes it is expected to send it
        tx.send_again()
        assert [message["id"] for _, message in tx.unsent()] == ["1"]
