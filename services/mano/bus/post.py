# SPDX-License-Identifier: Apache-2.0
"""The way of messages from a service's outbox to the carrier, and the forgetting of those it has
taken."""

from __future__ import annotations

import functools
import logging
import queue
import threading
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from mano.bus import carrier
from mano.bus.carrier import Broker, Carrier, Entry
from mano.bus.message import Message
from mano.store import Store, Unavailable

log = logging.getLogger(__name__)
FORGET_EVERY = 0.1  # seconds; well below the outbox's GRACE
MANY = 100  # messages that a broker is given at once, at the most
Item = TypeVar("Item")


class Post:
    """Sends what a store owes; to a broker in a thread of its own, so that one that hangs keeps
    nobody waiting."""

    def __init__(self, store: Store, carrier: Carrier):
        self.store, self.carrier = store, carrier
        self.broker = carrier if isinstance(carrier, Broker) else None
        self.messages: queue.SimpleQueue[tuple[int, Message] | None] = queue.SimpleQueue()
        self.waiting: set[int] = set()  # outbox ids that are in this queue
        self.confirmations: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=work, name=f"{store.name}-{name}", daemon=True)
            for name, work in (("send", self._send), ("forget", self._forget))
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.messages.put(None)
        self.confirmations.put(None)
        for thread in self.threads:
            thread.join(timeout=3)

    def put(self, messages: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Messages of a transaction that has committed."""
        for number, stored in messages:
            message = cast(Message, stored)
            if self.broker is not None:
                self._queue(number, message)
            else:
                self._hand_over(number, message)

    def hurry(self, message: Message) -> None:
        """Sends a message that is in no outbox: if it is lost, nothing but time is."""
        self.put([(0, message)])

    def sweep(self) -> None:
        """Sends again what nobody sent in time."""
        with self.store.begin() as tx:
            late = tx.unsent()
        self.put(late)

    def forget(self, numbers: list[int]) -> None:
        """Deletes from the outbox what the carrier has taken."""
        try:
            with self.store.begin() as tx:
                tx.forget(numbers)
        except Unavailable:
            for number in numbers:
                self.confirmations.put(number)

    def _queue(self, number: int, message: Message) -> None:
        if number in self.waiting:
            return  # what a slow broker has not taken yet need not be sent twice
        if number:
            self.waiting.add(number)
        self.messages.put((number, message))

    def _send(self) -> None:
        while not self.stopping.is_set() and (first := self.messages.get()) is not None:
            batch = [first, *filter(None, _at_hand(self.messages, MANY - 1))]
            self._send_all([self._entry(*each) for each in batch])
            self.waiting.difference_update(number for number, _ in batch)

    def _entry(self, number: int, message: Message) -> Entry:
        """0 is the number of what is in no outbox."""
        return message, functools.partial(self.confirmations.put, number) if number else _nothing

    def _send_all(self, entries: list[Entry]) -> None:
        assert self.broker is not None
        try:
            for message in self.broker.send_all(entries):
                log.debug("message %s waits in the outbox: it has no queue", message["id"])
        except carrier.Undeliverable as error:
            log.debug("%d messages wait in the outbox: %s", len(entries), error)
        except Exception:
            log.exception("%d messages could not be sent; they wait in the outbox", len(entries))

    def _hand_over(self, number: int, message: Message) -> None:
        try:
            self.carrier.send(*self._entry(number, message))
        except carrier.Undeliverable as error:
            log.debug("message %s waits in the outbox: %s", message["id"], error)
        except Exception:
            log.exception("message %s could not be sent; it waits in the outbox", message["id"])

    def _forget(self) -> None:
        while not self.stopping.is_set():
            first = self.confirmations.get()
            self.stopping.wait(FORGET_EVERY)
            numbers = [number for number in (first, *_at_hand(self.confirmations)) if number]
            if numbers:
                self.forget(numbers)


def _nothing() -> None:
    """There is nothing to forget."""


def _at_hand(items: queue.SimpleQueue[Item], limit: int | None = None) -> list[Item]:
    """What lies in a queue, without waiting for more."""
    batch: list[Item] = []
    while limit is None or len(batch) < limit:
        try:
            batch.append(items.get_nowait())
        except queue.Empty:
            break
    return batch
