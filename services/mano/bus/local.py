# SPDX-License-Identifier: Apache-2.0
"""The carrier inside one process: messages go to the same threads that run jobs. The outbox is what
remembers them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from mano.bus import carrier
from mano.bus.message import Message
from mano.threads import Threads

log = logging.getLogger(__name__)


class Local:
    """Hands messages over between the services of one process, and to `elsewhere` those to
    addresses it does not know."""

    immediate = True

    def __init__(self, threads: Threads, elsewhere: Callable[[Message], None] | None = None):
        self.threads, self.elsewhere = threads, elsewhere
        self.receivers: dict[str, Callable[[Message], None]] = {}

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        receiver = self.receivers.get(message["to"], self.elsewhere)
        if receiver is None:
            raise carrier.Undeliverable(f"nobody listens at {message['to']!r}")
        self.threads.submit(self._deliver, receiver, message, taken)

    def listen(self, address: str, deliver: Callable[[Message], None]) -> None:
        self.receivers[address] = deliver

    def start(self) -> None:
        """Nothing to do: the threads belong to the process."""

    def stop(self) -> None:
        """Nothing to do: the threads belong to the process."""

    @staticmethod
    def _deliver(
        receiver: Callable[[Message], None], message: Message, taken: Callable[[], None]
    ) -> None:
        try:
            receiver(message)
        except Exception as error:  # not taken: it stays in the outbox and comes again
            log.warning("message %s to %s was not handled: %s", message["id"], message["to"], error)
        else:
            taken()
