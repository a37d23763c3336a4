# SPDX-License-Identifier: Apache-2.0
"""The job of a subscription: sends its notices one after another, so that they arrive in order."""

from __future__ import annotations

import logging
import time
from typing import Protocol

from mano.notifications import subscriber
from mano.notifications.owing import KIND
from mano.sol.documents import Body
from mano.store import Job, Store, Transaction

log = logging.getLogger(__name__)
FIRST, LATEST = 1.0, 120.0  # seconds until a subscriber that did not take a notice is tried again


class Service(Protocol):
    """Whose subscribers they are."""

    store: Store


def deliver(service: Service, job: Job) -> bool:
    """The job's runner: sends what is owed; stops at the first that is not taken."""
    pause = job.state.get("next", 0.0) - time.time()
    if pause > 0:  # a new notice is no reason to hurry a subscriber
        with service.store.begin() as tx:
            return tx.release(job, pause)
    while True:
        with service.store.begin() as tx:
            notice = _next(tx, job)
            if notice is None:
                return not tx.finish_unless_signalled(job)
        number, subscription, body = notice
        failure = subscriber.notify(subscription, body)
        with service.store.begin() as tx:
            if failure:
                return tx.release(job, _pause(job, subscription["callbackUri"], failure))
            tx.remove_notice(number)
            job.state["tries"] = 0
            tx.keep(job)


def _next(tx: Transaction, job: Job) -> tuple[int, Body, Body] | None:
    """The number of the oldest notice, the subscription, and what it is to be told."""
    id = job.id.removeprefix("notify/")
    subscription = tx.look(KIND, id)
    if subscription is None:
        tx.forget_notices(id)
        return None
    notice = tx.next_notice(id)
    return notice and (notice[0], subscription.body, notice[1])


def _pause(job: Job, uri: str, failure: str) -> float:
    """Seconds until the subscriber is tried again, longer each time."""
    pause: float = min(FIRST * 2 ** min(job.state["tries"], 10), LATEST)
    job.state["tries"] += 1
    job.state["next"] = time.time() + pause
    log.warning("notification to %s: %s; again in %.0f s", uri, failure, pause)
    return pause
