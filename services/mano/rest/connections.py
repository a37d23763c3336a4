# SPDX-License-Identifier: Apache-2.0
"""Connections to a server: how long a head may take, how large it may be, how many there may be.

When there are as many as may be, a new one takes the place of the one that has waited longest
without a token: so nobody who only holds connections keeps others out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mano.problems import Problem, phrase
from mano.rest import errors, wire
from mano.rest.messages import Reply
from mano.rest.wire import Response

# Extensions of an ASGI scope: called for a request that has a token; ends the connection, unsent
# answers with it.
ADMITTED, HANG_UP = "mano.admitted", "mano.hang_up"
HEAD_SECONDS = 10.0  # from the first moment a connection waits, or the first byte of a next request
LONGEST_HEAD = 2**16  # bytes
MOST_HEADERS = 100


@dataclass
class Connections:
    """Those of one server. `strangers` have no request under way that came with a token; the one
    that has been so for longest comes first."""

    most: int
    all: set[Connection] = field(default_factory=set)
    strangers: dict[Connection, None] = field(default_factory=dict)

    def add(self, connection: Connection) -> bool:
        """Whether it may stay."""
        if len(self.all) >= self.most:
            if not self.strangers:
                return False
            self.remove(oldest := next(iter(self.strangers)))
            oldest.transport.abort()
        self.all.add(connection)
        self.strangers[connection] = None
        return True

    def admit(self, connection: Connection) -> None:
        self.strangers.pop(connection, None)

    def await_request(self, connection: Connection) -> None:
        self.strangers.pop(connection, None)
        if connection in self.all:
            self.strangers[connection] = None

    def remove(self, connection: Connection) -> None:
        self.all.discard(connection)
        self.strangers.pop(connection, None)


class Connection(HttpToolsProtocol):
    """One connection; uvicorn's, which by itself waits for a head for ever, of any size."""

    def __init__(self, siblings: Connections, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self.siblings = siblings
        self.asgi = self.app
        self.head = 0  # bytes of it that have come
        self.in_body = False
        self.patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.siblings.add(self):
            self._await_head()
        else:
            detail = f"{self.siblings.most} requests are under way, and no more are taken at once."
            self._refuse(Problem(503, detail, headers={"Retry-After": "5"}))

    def connection_lost(self, exc: Exception | None) -> None:
        self.siblings.remove(self)
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        is_answered = self.cycle is None or self.cycle.response_complete
        if is_answered and self.patience is None:
            self._await_head()
        self.head += len(data)
        super().data_received(data)
        if self.patience is not None and not self.in_body and self.head > LONGEST_HEAD:
            self._refuse(_too_large())

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self.in_body = True
        sizes = (len(name) + len(value) for name, value in self.headers)
        is_small = len(self.url) + sum(sizes) <= LONGEST_HEAD and len(self.headers) <= MOST_HEADERS
        self.app = self.asgi if is_small else _refuse_head
        self.url = self.url if is_small else b"/"  # httptools cannot read one of any length
        # uvicorn says that an extension is a dictionary; ASGI does not.
        self.scope["extensions"] = {
            ADMITTED: self._admit,  # type: ignore[dict-item]
            HANG_UP: self.transport.abort,  # type: ignore[dict-item]
        }
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.in_body = False
        super().on_message_complete()
        if self.cycle.response_complete:  # the body was of no use any more
            self._stop_waiting()
            self._await_head()

    def on_response_complete(self) -> None:
        self.siblings.await_request(self)
        super().on_response_complete()

    def _admit(self) -> None:
        self.siblings.admit(self)

    def _await_head(self) -> None:
        self.head = 0
        self.patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None

    def _give_up(self) -> None:
        if self.in_body:  # of a request that was answered before it ended
            self.transport.close()
            return
        detail = f"No whole head of a request came within {HEAD_SECONDS:g} s."
        self._refuse(Problem(408, detail))

    def _refuse(self, problem: Problem) -> None:
        """Answers, in the place of the app, and closes."""
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.write(_raw(_closing(problem)))
            self.transport.close()


def _too_large() -> Problem:
    most = f"{LONGEST_HEAD} bytes and {MOST_HEADERS} header fields"
    return Problem(431, f"The head of a request may have {most}.")


def _closing(problem: Problem) -> Response:
    headers = {**problem.headers, "Connection": "close"}
    return wire.render(Reply(problem.status, problem.body(), headers, errors.PROBLEM))


async def _refuse_head(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """The app of a request whose head is too large."""
    response = _closing(_too_large())
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


def _raw(response: Response) -> bytes:
    """As it goes over the wire where there is no app yet."""
    assert isinstance(response.content, bytes)
    status = f"HTTP/1.1 {response.status} {phrase(response.status)}"
    fields = (f"{name}: {value}" for name, value in response.headers.items())
    return "\r\n".join((status, *fields, "", "")).encode("latin-1") + response.content
