# SPDX-License-Identifier: Apache-2.0
"""What is answered to who has no token: tokens, and whether the service is well.

Both have threads of their own, for nobody without a token takes one from those who have one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import parse_qsl

from mano.problems import Problem
from mano.rest import attempts, auth, errors, wire
from mano.rest.messages import Reply
from mano.rest.settings import Settings
from mano.rest.wire import Response
from mano.store import Store

log = logging.getLogger(__name__)
LONGEST = 2**13  # bytes of a token request
MOST = 100  # token requests that may wait for their turn, of all addresses together
TOLD = 100  # characters of a client's name that are logged
Answer = Callable[[dict[str, str], BinaryIO, str], Awaitable[Response]]


@dataclass(frozen=True)
class Resource:
    """A path that needs no token: its one method, and who answers headers, body and address."""

    method: str
    answer: Answer


def resources(settings: Settings, authority: auth.Authority, store: Store) -> dict[str, Resource]:
    """The public paths of a service."""
    return {
        "/oauth2/token": Resource("POST", Tokens(settings, authority).answer),
        "/healthz": Resource("GET", Health(store).answer),
    }


class Tokens:
    """Answers token requests.

    A secret that was found right before is known again at no cost; to try another costs 15 ms of
    CPU time, so that an address may do it so many times a minute only."""

    def __init__(self, settings: Settings, authority: auth.Authority):
        self.authority = authority
        self.attempts = attempts.Attempts(settings.token_attempts)
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="token")
        self.waiting = 0

    async def answer(self, headers: dict[str, str], body: BinaryIO, address: str) -> Response:
        text = body.read(LONGEST).decode("utf-8", "replace")
        form = dict(parse_qsl(text, keep_blank_values=True))
        client = ""
        try:
            if form.get("grant_type") != "client_credentials":
                reason = "grant_type must be client_credentials"
                raise auth.NoToken(400, "unsupported_grant_type", reason)
            client, secret = auth.credentials(headers.get("authorization", ""), form)
            if not self.authority.knows(client, secret):
                await self._check(client, secret, address)
            token = self.authority.token(client, form)
        except auth.NoToken as refusal:
            log.warning("no token for client %.*r at %s: %s", TOLD, client, address, refusal)
            return _refusal(refusal)
        return wire.render(Reply(200, token, {"Cache-Control": "no-store"}))

    async def _check(self, client: str, secret: str, address: str) -> None:
        if wait := self.attempts.wait(address):
            raise _too_many(f"{address} tried too many secrets", wait)
        if self.waiting >= MOST:
            raise _too_many("too many clients ask for tokens", 5)
        self.waiting += 1
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self.threads, self.authority.check, client, secret)
        finally:
            self.waiting -= 1


class Health:
    """Says whether the service can work."""

    def __init__(self, store: Store):
        self.store = store
        self.threads = ThreadPoolExecutor(1, thread_name_prefix="health")
        self.check: asyncio.Future[bool] | None = None

    async def answer(self, headers: dict[str, str], body: BinaryIO, address: str) -> Response:
        if self.check is None or self.check.done():  # else all wait for the one under way
            loop = asyncio.get_running_loop()
            self.check = loop.run_in_executor(self.threads, self.store.answers)
        if await asyncio.shield(self.check):
            return wire.render(Reply(200, {"status": "ok"}))
        problem = Problem(503, "The database does not answer.", headers={"Retry-After": "2"})
        return wire.render(errors.answer(problem, headers.get("accept", "")))


def _refusal(refusal: auth.NoToken) -> Response:
    """In the words of RFC 6749 5.2."""
    headers = {"WWW-Authenticate": 'Basic realm="mano"'} if refusal.status == 401 else {}
    document = {"error": refusal.error, "error_description": refusal.description}
    return wire.render(Reply(refusal.status, document, headers))


def _too_many(reason: str, wait: int) -> Problem:
    detail = f"{reason}; ask again in {wait} s."
    return Problem(429, detail, headers={"Retry-After": str(wait)})
