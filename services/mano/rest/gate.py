# SPDX-License-Identifier: Apache-2.0
"""The first ASGI layer: who asks, for which operation, with which right.

Whatever fails here costs no thread."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import BinaryIO

from mano.problems import Problem
from mano.rest import (
    auth,
    bodies,
    connections,
    descriptions,
    encodings,
    errors,
    messages,
    public,
    routing,
    uploads,
    versions,
    wire,
)
from mano.rest.answers import Answer, Event, Send
from mano.rest.dispatch import Table
from mano.rest.messages import Outside, Reply
from mano.rest.public import Resource
from mano.rest.settings import Settings
from mano.rest.wire import Call, Response, Scope

Receive = Callable[[], Awaitable[Event]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Handle = Callable[[Call, BinaryIO], Response]

log = logging.getLogger(__name__)


class Gate:
    """Answers every HTTP request; what is none passes to the app.

    `handle` calls an operation's handler, in a thread of `threads`, once the whole body is there.
    That HTTP does not go through the app, which is made for more than we use, halves what a request
    costs."""

    def __init__(
        self,
        app: App,
        *,
        table: Table,
        authority: auth.Authority,
        settings: Settings,
        handle: Handle,
        threads: Executor,
        public: dict[str, Resource],
    ):
        self.app, self.table, self.authority, self.settings = app, table, authority, settings
        self.handle, self.threads, self.public = handle, threads, public
        self.room = uploads.Room(settings)
        # What is said of the APIs themselves.
        self.descriptions = versions.resources(table) | descriptions.resources(table)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = Answer(scope, send, self.settings, self.threads)
        headers = wire.headers(scope)
        try:
            await self._serve(scope, headers, _whole(receive), answer)
        except wire.ClientLeft:
            # Strangers can do so as often as they like, with any path.
            log.debug("%s %.99r: the client left", scope["method"], scope["path"])
        except Exception as error:
            if answer.has_begun:  # nothing can be said any more; the cut connection is the message
                raise
            await answer.send_reply(errors.answer(error, headers.get("accept", "")))

    async def _serve(
        self, scope: Scope, headers: dict[str, str], receive: Receive, answer: Answer
    ) -> None:
        call = self._admit(scope, headers)
        if isinstance(call, Resource):
            body = await bodies.read(receive, self.settings, public.LONGEST)
            response = await call.answer(headers, body, wire.address(scope))
        elif isinstance(call, Reply):
            response = wire.render(call)
        elif call.operation.uploads:
            response = await self._take_upload(call, receive)
        else:
            body = await bodies.read(receive, self.settings, self.settings.max_body)
            response = await self._handle(call, body)
        await answer.send_response(response)

    async def _take_upload(self, call: Call, receive: Receive) -> Response:
        room, settings = self.room, self.settings
        try:
            return await self._handle(call, uploads.Unread())
        except uploads.Wanted:  # the resource is there and takes it
            call.operation.check_upload(messages.media_type(call.headers))
            encodings.check_upload(call.headers)
        with (
            room.of(call.headers) as promised,
            await bodies.spool(receive, settings, room) as body,
        ):
            # It lies beside the database yet, which needs as much again.
            room.check(body.seek(0, os.SEEK_END) - promised)
            body.seek(0)
            return await self._handle(call, body)

    async def _handle(self, call: Call, body: BinaryIO) -> Response:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.threads, self.handle, call, body)
        except Outside as question:
            call.outside = await question.ask(self.settings.destinations)
        body.seek(0)
        return await loop.run_in_executor(self.threads, self.handle, call, body)

    def _admit(self, scope: Scope, headers: dict[str, str]) -> Call | Reply | Resource:
        """The call that a request is, or the answer if there is one already; Problem for what is
        refused."""
        method, path = scope["method"], scope["path"]
        if method == "HEAD":
            method = "GET"  # what is answered is sent without its body
        if path in self.public:
            _allow_only(self.public[path].method, method, path)
            return self.public[path]
        principal = self.authority.principal(headers.get("authorization"))
        _hold(scope)
        root = self.settings.api_root or _root(scope)
        if path in self.descriptions:
            _allow_only("GET", method, path)
            return self.descriptions[path](root)
        if method == "OPTIONS":
            return Reply(204, headers={"Allow": self.table.allow(path)})
        operation, params = self.table.route(method, path)
        auth.authorize(principal, operation.scopes, str(operation))
        versions.check(operation, headers.get("version"), self.settings.require_version)
        query = wire.query(scope)
        operation.check_query(query)
        base = operation.document.base
        return Call(
            operation=operation,
            params=params,
            query=query,
            headers=headers,
            principal=principal,
            base=root + base,
            path=path[len(base) :],
        )


def _hold(scope: Scope) -> None:
    """This connection is of use from now on; others are closed first where there are too many."""
    if admitted := scope.get("extensions", {}).get(connections.ADMITTED):
        admitted()


def _root(scope: Scope) -> str:
    """The apiRoot by the address that the client has connected to.

    Never by what it says in `Host`: links are stored and sent to others."""
    host, port = scope["server"]
    return f"{scope['scheme']}://{f'[{host}]' if ':' in host else host}:{port}"


def _allow_only(allowed: str, method: str, path: str) -> None:
    if method != allowed:
        allow = routing.allow({allowed})
        raise Problem(405, f"{path} has no {method}, only {allow}.", headers={"Allow": allow})


def _whole(receive: Receive) -> Receive:
    """A body that ends because the client left must not look like one that is complete."""

    async def receive_or_raise() -> Event:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise wire.ClientLeft
        return event

    return receive_or_raise
