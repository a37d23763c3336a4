# SPDX-License-Identifier: Apache-2.0
"""The way of messages from a service's outbox to the carrier, and the forgetting of those it has
taken."""

from __future__ import annotations

import functools
import logging
import queue
import threading
from collections.abc import Iterable, Mapping
from typing import Any, cast

from mano import store
from mano.bus import carrier
from mano.bus.message import Message

log = logging.getLogger(__name__)
FORGET_EVERY = 0.1  # seconds; well below the outbox's GRACE


class Post:
    """Sends what a store owes; unless the carrier is immediate, in a thread of its own, so that a
    broker that hangs keeps nobody waiting."""

    def __init__(self, store: store.Store, carrier: carrier.Carrier):
        self.store, self.carrier = store, carrier
        self.messages: queue.SimpleQueue[tuple[int, Message] | None] = queue.SimpleQueue()
        self.taken: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(
                target=work, name=f"{store.name}-{work.__name__.strip('_')}", daemon=True
            )
            for work in (self._send, self._forget)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.messages.put(None)
        self.taken.put(None)
        for thread in self.threads:
            thread.join(timeout=3)

    def put(self, messages: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Messages of a transaction that has committed."""
        for number, message in messages:
            entry = number, cast(Message, message)
            if self.carrier.immediate:
                self._hand_over(*entry)
            else:
                self.messages.put(entry)

    def sweep(self) -> None:
        """Sends again what nobody sent in time."""
        with self.store.begin() as tx:
            late = tx.unsent()
        self.put(late)

    def _send(self) -> None:
        while (entry := self.messages.get()) is not None:
            self._hand_over(*entry)

    def _hand_over(self, number: int, message: Message) -> None:
        try:
            self.carrier.send(message, functools.partial(self.taken.put, number))
        except carrier.Undeliverable as error:
            log.debug("message %s waits in the outbox: %s", message["id"], error)
        except Exception:
            log.exception(
                "message %s to %s could not be sent; it waits in the outbox",
                message["id"],
                message["to"],
            )

    def _forget(self) -> None:
        while not self.stopping.is_set():
            numbers = [self.taken.get()]
            self.stopping.wait(FORGET_EVERY)
            while not self.taken.empty():
                numbers.append(self.taken.get())
            self.forget([number for number in numbers if number])

    def forget(self, numbers: list[int]) -> None:
        """Deletes from the outbox what the carrier has taken."""
        try:
            with self.store.begin() as tx:
                tx.sent(numbers)
        except store.Unavailable:
            for number in numbers:
                self.taken.put(number)
