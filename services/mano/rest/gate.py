# SPDX-License-Identifier: Apache-2.0
"""The first ASGI layer: who asks, for which operation, with which right; whatever fails here costs
no thread."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from typing import Any, BinaryIO

from mano.problems import Problem
from mano.rest import auth, errors, versions, wire
from mano.rest.dispatch import Table
from mano.rest.messages import Reply
from mano.rest.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Handle = Callable[[wire.Asked, BinaryIO], Reply]

PUBLIC = {"/oauth2/token": "POST", "/healthz": "GET"}  # answered by the app, no token needed
NO_CONTENT = (204, 304)
log = logging.getLogger(__name__)


class Gate:
    """Lets uploads, and what needs no token, pass to the app, with `scope["mano"]` set to
    `wire.Asked`; answers the rest.

    `handle` calls an operation's handler, in a thread of `threads`. That the rest does not go
    through the app, which is made for more than we use, halves what a request costs."""

    def __init__(
        self,
        app: App,
        *,
        table: Table,
        authority: auth.Authority,
        settings: Settings,
        handle: Handle,
        threads: Executor,
    ):
        self.app, self.table, self.authority, self.settings = app, table, authority, settings
        self.handle, self.threads = handle, threads
        self.versions = versions.resources(table)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = wire.headers(scope)
        try:
            reply = self._look(scope, headers)
        except Exception as error:
            reply = errors.answer(error, headers.get("accept", ""))
        if reply is not None:
            await _answer(send, reply)
            return
        started = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            asked: wire.Asked | None = scope.get("mano")
            if asked is None or asked.operation.uploads:
                await self.app(scope, _whole(receive), sending)
            else:
                body = await _read(_whole(receive), self.settings.max_body)
                reply = await asyncio.get_running_loop().run_in_executor(
                    self.threads, self.handle, asked, body
                )
                await _answer(sending, reply)
        except wire.Gone:
            log.info(
                "%s %s: the client left before the request was complete",
                scope["method"],
                scope["path"],
            )
        except Exception as error:
            if started:  # nothing can be said any more; the cut connection is the message
                raise
            await _answer(send, errors.answer(error, headers.get("accept", "")))

    def _look(self, scope: Scope, headers: dict[str, str]) -> Reply | None:
        method, path = scope["method"], scope["path"]
        if path in PUBLIC:
            _only(method, path, PUBLIC[path])
            return None
        principal = self.authority.principal(headers.get("authorization"))
        root = (
            self.settings.api_root
            or f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}"
        )
        if path in self.versions:
            _only(method, path, "GET")
            return versions.reply(self.versions[path], root)
        operation, params = self.table.route(method, path)
        auth.authorize(principal, operation.scopes, str(operation))
        versions.check(operation, headers.get("version"), self.settings.require_version)
        query = wire.query(scope)
        operation.check_query(query)
        scope["mano"] = wire.Asked(
            operation,
            params,
            query,
            headers,
            principal.name,
            root + operation.document.base,
            path[len(operation.document.base) :],
        )
        return None


def _only(method: str, path: str, allowed: str) -> None:
    if method != allowed:
        raise Problem(405, f"{path} has no {method}, only {allowed}.", headers={"Allow": allowed})


def _whole(receive: Receive) -> Receive:
    """A body that ends because the client left must not look like one that is complete."""

    async def received() -> MutableMapping[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise wire.Gone
        return message

    return received


async def _read(receive: Receive, limit: int) -> BinaryIO:
    """A body that is small enough to be held; of one that is not, just enough to see that."""
    body, more = io.BytesIO(), True
    while more and body.tell() <= limit:
        message = await receive()
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    body.seek(0)
    return body


async def _answer(send: Send, reply: Reply) -> None:
    content = wire.content(reply)
    fields = wire.fields(reply)
    if isinstance(content, bytes) and reply.status not in NO_CONTENT:
        fields = {**fields, "Content-Length": str(len(content))}
    encoded = [
        (name.lower().encode(), value.encode("latin-1", "replace"))
        for name, value in fields.items()
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    if not isinstance(content, bytes):
        for piece in content:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        content = b""
    await send({"type": "http.response.body", "body": content})
