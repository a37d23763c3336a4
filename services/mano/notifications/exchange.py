# SPDX-License-Identifier: Apache-2.0
"""One HTTP exchange with a stranger, in an asyncio loop: it costs no thread, and has an end.

What a peer can do to us is bounded: its time in all (httpx counts per read, so a byte a second
would never end), its headers (100 KiB, by h11), its body, and how many exchanges there are with it
at once. It is not followed to where it redirects, and where it may lie is checked."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import socket
import weakref
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mano.destinations import Destinations
from mano.problems import Problem

if TYPE_CHECKING:
    import httpx

DEADLINE = 5.0  # seconds that an exchange may take in all, from the name's look-up on
PATIENCE = 2.0  # seconds that it waits for its turn
IN_ALL, PER_PEER = 64, 4  # exchanges at once
LARGEST = 2**16  # bytes of a body that is read
PORTS = {"http": 80, "https": 443}
LONGEST = 300  # characters of a failure that are told


class Busy(Problem):
    """Too many exchanges with that peer, or in all, are under way."""

    def __init__(self, peer: str):
        detail = f"{peer} is being called as often as it may be at once; repeat the request later."
        super().__init__(503, detail, headers={"Retry-After": "5"})


class Failure(Exception):
    """The exchange came to nothing; says why, in words."""


@dataclass(frozen=True)
class Answer:
    """A peer's answer; `body` is empty where it was not asked for."""

    status: int
    body: bytes


class Caller:
    """Calls peers, within one event loop."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._calls: collections.Counter[str] = collections.Counter()  # under way, by peer
        self._ended = asyncio.Condition()

    async def call(
        self,
        method: str,
        uri: str,
        destinations: Destinations,
        *,
        read: bool = False,
        **request: object,
    ) -> Answer:
        """The answer to a request (`json`, `data`, `auth`, `headers` as in httpx); its body only
        if it is to be `read`. Failure if there is none in time, or if it is not among the
        destinations; Busy if it was not even asked."""
        async with self._turn(_peer(uri)):
            try:
                async with asyncio.timeout(DEADLINE):
                    return await self._find(method, uri, destinations, read, request)
            except TimeoutError:
                raise Failure(f"no answer that was complete within {DEADLINE:g} s") from None
            except Failure:
                raise
            # httpx lets through what its parts raise: ValueError, UnicodeError, InvalidURL.
            except Exception as error:
                raise Failure(f"{type(error).__name__}: {error}"[:LONGEST]) from error

    async def _find(
        self,
        method: str,
        uri: str,
        destinations: Destinations,
        read: bool,
        request: dict[str, Any],
    ) -> Answer:
        """Asks at the addresses to which the URI leads, one after the other, until one takes it.

        They are looked up once: what was checked is what is called."""
        import httpx  # only who has subscribers needs it

        url = httpx.URL(uri)
        request["headers"] = {**request.get("headers", {}), "Host": url.netloc.decode()}
        request["extensions"] = {"sni_hostname": url.raw_host.decode()}
        failure: Exception = Failure(f"{url.host!r} leads to no address")
        for address in await _addresses(url.host, url.port or PORTS.get(url.scheme, 0)):
            if not destinations.allow(url.host, *address):
                failure = Failure(f"{address[0]} may not be called (MANO_CALLBACK_ALLOW)")
                continue
            try:
                there = url.copy_with(host=address[0])
                return await self._exchange(method, there, read, request)
            except httpx.ConnectError as error:
                failure = error
        raise failure

    async def _exchange(self, method: str, url: Any, read: bool, request: dict[str, Any]) -> Answer:
        client = self._client or self._make_client()
        async with client.stream(method, url, **request) as answer:
            body = bytearray()
            if read:
                async for piece in answer.aiter_raw():
                    body += piece
                    if len(body) > LARGEST:
                        raise Failure(f"a body of more than {LARGEST} bytes")
            return Answer(answer.status_code, bytes(body))

    def _make_client(self) -> httpx.AsyncClient:
        """One for all, for making it costs thirty times as much as a request.

        It keeps no connections, for one that a peer has closed meanwhile would cost a try."""
        import httpx

        self._client = httpx.AsyncClient(
            timeout=DEADLINE,
            limits=httpx.Limits(max_keepalive_connections=0, max_connections=IN_ALL),
            headers={"Accept-Encoding": "identity"},  # what is small here is small there
            follow_redirects=False,
            trust_env=False,  # a proxy of this machine's would call whom we do not
        )
        return self._client

    @contextlib.asynccontextmanager
    async def _turn(self, peer: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(PATIENCE), self._ended:
                await self._ended.wait_for(lambda: self._has_room(peer))
                self._calls[peer] += 1
        except TimeoutError:
            raise Busy(peer) from None
        try:
            yield
        finally:
            self._calls[peer] -= 1
            if not self._calls[peer]:
                del self._calls[peer]
            async with self._ended:
                self._ended.notify_all()

    def _has_room(self, peer: str) -> bool:
        return self._calls[peer] < PER_PEER and self._calls.total() < IN_ALL


_callers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Caller] = weakref.WeakKeyDictionary()


def caller() -> Caller:
    """The running loop's."""
    return _callers.setdefault(asyncio.get_running_loop(), Caller())


async def _addresses(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a host, once each."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(address[0]), port) for *_, address in found))


def _peer(uri: str) -> str:
    """Host and port, which is what there are limits for."""
    try:
        return urlsplit(uri).netloc.rpartition("@")[2].lower()[:LONGEST]
    except ValueError:
        return ""
