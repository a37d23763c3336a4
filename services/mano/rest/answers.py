# SPDX-License-Identifier: Apache-2.0
"""Answers on their way to clients, as ASGI messages."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor

from mano.rest import connections, wire
from mano.rest.messages import Reply
from mano.rest.settings import Settings
from mano.rest.wire import Response, Scope

Event = Scope  # an ASGI message
Send = Callable[[Event], Awaitable[None]]


class Answer:
    """An answer on its way to the client, by us or by the app.

    It must be taken at the rate at which bodies must come. `threads`: where the pieces come from
    of what is not held as a whole."""

    def __init__(self, scope: Scope, send: Send, settings: Settings, threads: Executor):
        self._scope, self._send, self._settings, self._threads = scope, send, settings, threads
        self.has_begun = False

    async def send(self, event: Event) -> None:
        self.has_begun = True
        size = len(event.get("body", b""))
        seconds = self._settings.body_seconds + size / self._settings.body_rate
        try:
            async with asyncio.timeout(seconds):
                await self._send(event)
        except TimeoutError:
            await self._hang_up()
            raise wire.ClientLeft from None

    async def send_reply(self, reply: Reply) -> None:
        await self.send_response(wire.render(reply))

    async def send_response(self, response: Response) -> None:
        headers = [
            (spelled(name), value.encode("latin-1", "replace"))
            for name, value in response.headers.items()
        ]
        await self.send(
            {"type": "http.response.start", "status": response.status, "headers": headers}
        )
        content = b"" if self._scope["method"] == "HEAD" else response.content
        if not isinstance(content, bytes):
            while piece := await self._next(content):
                await self.send({"type": "http.response.body", "body": piece, "more_body": True})
            content = b""
        await self.send({"type": "http.response.body", "body": content})

    async def _hang_up(self) -> None:
        if hang_up := self._scope.get("extensions", {}).get(connections.HANG_UP):
            hang_up()
            await asyncio.sleep(0)  # until the server knows

    async def _next(self, pieces: Iterator[bytes]) -> bytes:
        """A thread is taken for each piece, and none while the client takes it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, next, pieces, b"")


class FieldName(bytes):
    """A header's name that stays as ETSI spells it, for clients that look it up so.

    uvicorn compares and sends what `lower` gives."""

    __hash__ = bytes.__hash__

    def lower(self) -> FieldName:
        return self

    def __eq__(self, other: object) -> bool:
        return bytes.lower(self) == other


@functools.cache
def spelled(name: str) -> FieldName:
    return FieldName(name.encode())
