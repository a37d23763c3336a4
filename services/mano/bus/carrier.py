# SPDX-License-Identifier: Apache-2.0
"""The port: what carries messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from mano.bus.message import Message

Entry = tuple[Message, Callable[[], None]]  # a message, and what to call once it is safe


class Undeliverable(Exception):
    """The carrier cannot take the message now; it stays in the outbox."""


class Carrier(Protocol):
    """Carries messages to addresses, at least once, in no promised order."""

    def send(self, message: Message, confirm: Callable[[], None]) -> None:
        """Calls `confirm` once the message is safe: handled by its receiver, or stored by a broker.

        May raise Undeliverable; may also never call `confirm`: then the message is sent again
        later."""

    def listen(self, address: str, deliver: Callable[[Message], None]) -> None:
        """From now on messages to the address go to `deliver`. One that it raises on comes
        again."""

    def start(self) -> None:
        """Begins to deliver."""

    def stop(self) -> None:
        """Ends delivering; what is being handled is finished first."""


@runtime_checkable
class Broker(Carrier, Protocol):
    """A carrier that may keep its caller waiting, and sends many at once as quickly as one."""

    def send_all(self, entries: Sequence[Entry]) -> list[Message]:
        """As `send`; gives those back that it could not deliver."""
