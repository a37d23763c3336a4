# SPDX-License-Identifier: Apache-2.0
"""The head of a request ends in time and is small; connections that only wait make room."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from rest_example import SETTINGS, THINGS

from mano.rest import auth, connections, server
from mano.rest.app import make_app
from mano.store import Store

MOST = 5
HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
HALF = (
    b"PUT /things-api/v2/things/1/content HTTP/1.1\r\nHost: x\r\nContent-Type: application/zip\r\n"
)


@pytest.fixture
def port(things_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Of a server that is impatient and has few connections."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1.0)
    running = server.serve([(make_app([THINGS], things_store, SETTINGS), "127.0.0.1", 0)], MOST)
    yield running.ports[0]
    running.stop()


def begun(port: int, head: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 15)
    connection.sendall(head)
    return connection


def rest(connection: socket.socket) -> bytes:
    """What still comes, until the other side ends it."""
    pieces = []
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("head", [b"", b"\r\n", b"G", HEAD, HEAD + b"X-A: "])
def test_a_head_that_does_not_come_is_408_and_the_end_of_the_connection(
    port: int, head: bytes
) -> None:
    with begun(port, head) as connection:
        answer = rest(connection)
    assert (
        answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n") and b"application/problem" in answer
    )


@pytest.mark.parametrize("first", [HEAD, b"\r\n"])
def test_a_head_that_drips_ends_as_well(port: int, first: bytes) -> None:
    with begun(port, first) as connection:
        connection.settimeout(0.2)
        deadline = time.monotonic() + 15
        answer = b""
        while not answer and time.monotonic() < deadline:
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                with contextlib.suppress(OSError):
                    connection.sendall(b"\r\n" if first == b"\r\n" else b"X-A: b\r\n")
    assert answer.startswith(b"HTTP/1.1 408")


def test_the_second_head_of_a_connection_ends_as_well(port: int) -> None:
    with begun(port, HEAD + b"\r\n") as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(HEAD)
        assert b"HTTP/1.1 408" in rest(connection)


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"X-A: " + b"b" * connections.LONGEST_HEAD + b"\r\n\r\n",
        HEAD + b"X-A: b\r\n" * connections.MOST_HEADERS + b"\r\n",
        b"GET /" + b"b" * connections.LONGEST_HEAD + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"X-A: " + b"b" * 2 * connections.LONGEST_HEAD,  # and no end of it
        b"GET /" + b"b" * 2 * connections.LONGEST_HEAD,
    ],
    ids=["long header", "many headers", "long URI", "endless header", "endless URI"],
)
def test_a_head_that_is_too_large_is_431_and_the_end_of_the_connection(
    port: int, head: bytes
) -> None:
    with begun(port, head) as connection:
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


@pytest.mark.parametrize("size", [100, 8 * 2**20])
def test_who_sends_a_body_that_nobody_wants_reads_why(port: int, size: int) -> None:
    url = f"http://127.0.0.1:{port}/things-api/v2/things/1/content"
    headers = {"Content-Type": "application/zip"}
    with httpx.Client() as client:
        for _ in range(2):  # on one connection
            answer = client.put(url, content=bytes(size), headers=headers)
            assert answer.status_code == 401


def test_a_body_that_nobody_wants_and_that_does_not_end_ends_with_the_connection(
    port: int,
) -> None:
    with begun(port, HALF + b"Content-Length: 1000000\r\n\r\n") as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")
        connection.settimeout(0.2)
        deadline = time.monotonic() + 15
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < deadline:
                connection.sendall(b"a")
                with contextlib.suppress(TimeoutError):
                    if not connection.recv(65536):
                        break
    assert time.monotonic() < deadline


def test_who_only_waits_makes_room_for_who_comes(port: int) -> None:
    token = auth.Authority(SETTINGS).issue("boss", ["admin"])
    authorized = HALF + f"Authorization: Bearer {token}\r\nContent-Length: 9\r\n\r\nPK".encode()
    form = b"application/x-www-form-urlencoded\r\nContent-Length: 9"
    nobodys = b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: " + form + b"\r\n\r\na"
    with contextlib.ExitStack() as stack:
        upload = stack.enter_context(begun(port, authorized))
        time.sleep(0.1)
        waiting = [stack.enter_context(begun(port, nobodys)) for _ in range(3 * MOST)]
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        assert rest(waiting[0]) == b""  # closed without a word
        upload.sendall(b"1234567")
        assert upload.recv(65536).startswith(b"HTTP/1.1 404")  # it was heard to its end


def test_where_all_connections_are_of_use_one_more_is_503(port: int) -> None:
    token = auth.Authority(SETTINGS).issue("boss", ["admin"])
    authorized = HALF + f"Authorization: Bearer {token}\r\nContent-Length: 9\r\n\r\nPK".encode()
    with contextlib.ExitStack() as stack:
        for _ in range(MOST):
            stack.enter_context(begun(port, authorized))
        time.sleep(0.3)
        answer = httpx.get(f"http://127.0.0.1:{port}/healthz")
        assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
        assert answer.headers["Content-Type"] == "application/problem+json"
    time.sleep(0.3)
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
