# SPDX-License-Identifier: Apache-2.0
"""The carrier inside one process: messages go to the same threads that run jobs.

The outbox is what remembers them. What it sends again while the first copy still waits for a thread
is not delivered twice: else a process that is overloaded would make itself more work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from mano.bus import carrier
from mano.bus.message import Message
from mano.threads import Threads

log = logging.getLogger(__name__)
Receive = Callable[[Message], None]


@dataclass
class Delivery:
    """A message that waits for a thread, and what to call once it is handled."""

    message: Message
    receive: Receive
    confirmations: list[Callable[[], None]]


class Local:
    """Hands messages over between the services of one process, and to `elsewhere` those to
    addresses it does not know."""

    def __init__(self, threads: Threads, elsewhere: Receive | None = None):
        self.threads, self.elsewhere = threads, elsewhere
        self.receivers: dict[str, Receive] = {}
        self.waiting: dict[tuple[str, str], Delivery] = {}  # by address and id
        self.guard = threading.Lock()

    def send(self, message: Message, confirm: Callable[[], None]) -> None:
        receive = self.receivers.get(message["to"], self.elsewhere)
        if receive is None:
            raise carrier.Undeliverable(f"nobody listens at {message['to']!r}")
        with self.guard:
            delivery = self.waiting.get((message["to"], message["id"]))
            if delivery is not None and delivery.message == message:
                delivery.confirmations.append(confirm)
                return
            delivery = Delivery(message, receive, [confirm])
            self.waiting[message["to"], message["id"]] = delivery
        self.threads.submit(self._deliver, delivery)

    def listen(self, address: str, deliver: Receive) -> None:
        self.receivers[address] = deliver

    def start(self) -> None:
        """Nothing to do: the threads belong to the process."""

    def stop(self) -> None:
        """Nothing to do: the threads belong to the process."""

    def _deliver(self, delivery: Delivery) -> None:
        message = delivery.message
        with self.guard:
            if self.waiting.get((message["to"], message["id"])) is delivery:
                del self.waiting[message["to"], message["id"]]
        try:
            delivery.receive(message)
        except Exception as error:  # not taken: it stays in the outbox and comes again
            log.warning("message %s to %s was not handled: %s", message["id"], message["to"], error)
        else:
            for confirm in delivery.confirmations:
                confirm()
