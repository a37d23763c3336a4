# SPDX-License-Identifier: Apache-2.0
"""The job of a subscription: sends its notices one after another, so that they arrive in order.

The threads that run operations only read what is owed and store what came of it. The exchange with
the subscriber is done by a loop in a thread of its own: it waits for many, and holds up nobody."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple, Protocol

from mano.destinations import Destinations
from mano.notifications import subscriber
from mano.notifications.exchange import DEADLINE, PATIENCE, Busy
from mano.notifications.owing import KIND
from mano.sol import documents
from mano.sol.documents import Body
from mano.store import Job, LeaseLost, Store, Transaction, Unavailable
from mano.threads import Threads

log = logging.getLogger(__name__)
FIRST, LATEST = 1.0, 120.0  # seconds until a subscriber that did not take a notice is tried again
SOON = 1.0  # seconds until what is not the subscriber's fault is tried again
# The same for whatever went wrong: who subscribes learns nothing of what we can reach.
NOT_TAKEN = "the notification was not taken in time; the log of the service says why"
LEASE = 3 * (DEADLINE + PATIENCE)  # a token, a notice, and the storing of what came of them


class Service(Protocol):
    """Whose subscribers they are."""

    store: Store
    threads: Threads | None


class Notice(NamedTuple):
    """The oldest notice that a subscription is owed."""

    number: int
    subscription: Body
    body: Body


class Deliveries:
    """The loop that speaks with the subscribers of one service; begun by its first notice."""

    def __init__(self, destinations: Destinations) -> None:
        self._destinations = destinations
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._under_way: set[str] = set()  # jobs of which a notice is being sent

    def deliver(self, service: Service, job: Job) -> bool:
        """The job's runner: hands the oldest notice that is owed to the loop."""
        if job.id in self._under_way:  # its lease has ended meanwhile, and we claimed it ourselves
            return False
        pause = job.state.get("next", 0.0) - time.time()
        with service.store.begin() as tx:
            # A new notice is no reason to hurry a subscriber; a clock that was set back is.
            if 0 < pause <= LATEST:
                return tx.release(job, pause)
            notice = _next(tx, job)
            if notice is None:
                return not tx.finish_unless_signalled(job)
            tx.keep(job, LEASE)
        self._send(service, job, notice)
        return False

    def close(self) -> None:
        """Breaks off what is under way; the store remembers it."""
        with self._guard:
            self._is_closed = True
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(DEADLINE)

    def _send(self, service: Service, job: Job, notice: Notice) -> None:
        with self._guard:
            if self._is_closed or job.id in self._under_way:
                return
            self._under_way.add(job.id)
            loop = self._running_loop()
        sending = asyncio.run_coroutine_threadsafe(
            subscriber.notify(notice.subscription, notice.body, self._destinations), loop
        )

        def settle(sent: Future[str]) -> None:
            with self._guard:
                self._under_way.discard(job.id)
            if not sent.cancelled() and service.threads is not None:
                service.threads.submit(self._settle, service, job, notice, _failure(sent))

        sending.add_done_callback(settle)

    def _settle(self, service: Service, job: Job, notice: Notice, failure: str | Busy) -> None:
        """Stores what came of a notice, in a thread of the service; sends the next."""
        try:
            following = service.store.run(lambda tx: _store(tx, job, notice, failure))
        except LeaseLost:  # it is another worker's by now
            return
        except Unavailable as error:
            log.warning("%s", error)
            if service.threads is not None:
                service.threads.after(SOON, self._settle, service, job, notice, failure)
            return
        if following is not None:
            self._send(service, *following)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=_run, args=(self._loop,), name="notifications", daemon=True
            )
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        loop.run_until_complete(_cancel_all())
    finally:
        loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _failure(sent: Future[str]) -> str | Busy:
    """What is wrong, "" if nothing is."""
    error = sent.exception()
    if isinstance(error, Busy):
        return error
    if error is not None:
        log.error("a notification", exc_info=error)
        return type(error).__name__
    return sent.result()


def _next(tx: Transaction, job: Job) -> Notice | None:
    id = job.id.removeprefix("notify/")
    subscription = tx.look(KIND, id)
    if subscription is None:
        tx.forget_notices(id)
        return None
    notice = tx.next_notice(id)
    return None if notice is None else Notice(notice[0], subscription.body, notice[1])


def _store(
    tx: Transaction, job: Job, notice: Notice, failure: str | Busy
) -> tuple[Job, Notice] | None:
    """Stores what came of a notice. The job as it is now and its next notice, if there is one that
    may be sent at once."""
    if isinstance(failure, Busy):
        tx.release(job, SOON)
        return None
    if failure:
        _store_failure(tx, job, notice, failure)
        return None
    tx.remove_notice(notice.number)
    job = replace(job, state={"tries": 0})
    _show_problem(tx, job, None)
    following = _next(tx, job)
    if following is None:
        tx.finish_unless_signalled(job)
        return None
    tx.keep(job, LEASE)
    return job, following


def _store_failure(tx: Transaction, job: Job, notice: Notice, failure: str) -> None:
    """The circuit breaker: nothing more is sent to the subscriber before the pause has passed, then
    one notice; each time that it fails the pause is longer."""
    failures = int(job.state["tries"]) + 1
    pause: float = min(FIRST * 2 ** min(failures - 1, 10), LATEST)
    uri = notice.subscription["callbackUri"]
    log.warning("notification to %r: %s; again in %.0f s", uri, failure, pause)
    problem = {
        "failures": failures,
        "detail": NOT_TAKEN,
        "failedAt": documents.now(),
        "nextTryAt": documents.now(pause),
    }
    _show_problem(tx, job, problem)
    tx.release(replace(job, state={"tries": failures, "next": time.time() + pause}), pause)


def _show_problem(tx: Transaction, job: Job, problem: Body | None) -> None:
    """Clients see at the subscription that, and why, it is not told."""
    subscription = tx.look(KIND, job.id.removeprefix("notify/"))
    if subscription is not None and subscription.body.get("deliveryProblem") != problem:
        body = {key: value for key, value in subscription.body.items() if key != "deliveryProblem"}
        subscription.body = body | ({"deliveryProblem": problem} if problem else {})
        tx.put(subscription)
