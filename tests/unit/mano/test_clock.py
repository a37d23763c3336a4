# SPDX-License-Identifier: Apache-2.0
"""A clock that is set back by an hour costs no hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from mano.bus.local import Local
from mano.lcm import patience
from mano.service import Service
from mano.store import Job, Store
from mano.store.jobs import PARKED
from mano.threads import Threads

HOUR = 3600.0


class Running:
    """A service that notes which of its jobs have run."""

    def __init__(self, store: Store):
        self.threads, self.ran, self.guard = Threads(2), list[str](), threading.Lock()
        self.service = Service("s", store, Local(self.threads), self.threads, runners={"job": self})

    def __call__(self, service: Service, job: Job) -> bool:
        with self.guard:
            self.ran.append(job.id)
        with service.store.begin() as tx:
            tx.finish(job)
        return False

    def until(self, *ids: str) -> None:
        end = time.monotonic() + 8
        while not set(ids) <= set(self.ran):
            assert time.monotonic() < end, self.ran
            time.sleep(0.02)


@pytest.fixture
def running(store: Store) -> Iterator[Running]:
    running = Running(store)
    running.threads.start()
    running.service.start()
    yield running
    running.service.stop()
    running.threads.stop()


def test_what_was_to_be_done_soon_is_done_though_the_clock_was_set_back(
    running: Running, store: Store
) -> None:
    with store.begin() as tx:  # as stored by a clock that was an hour ahead
        tx.schedule("soon", "job", delay=HOUR + 2)
        tx.schedule("parked", "job", delay=PARKED)
        tx.schedule("at once", "job")
    running.until("at once")
    running.service.clock += HOUR
    running.until("soon")
    assert "parked" not in running.ran


@pytest.mark.parametrize("ahead, come", [(-1.0, True), (0.0, True), (5.0, False), (HOUR, True)])
def test_a_time_further_ahead_than_anybody_waits_has_come(ahead: float, come: bool) -> None:
    assert patience.has_come(1e9 + ahead, 1e9) is come
