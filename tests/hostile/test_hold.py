# SPDX-License-Identifier: Apache-2.0
"""Strangers who hold connections, far more than there may be: whoever comes with a token is served
all the same, and whoever holds them finds them closed."""

from __future__ import annotations

import contextlib
import resource
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.running import Api, Running

COUNT = 3000
SOON = 5.0  # seconds; generous: without room nobody would ever be answered
HALF_HEAD = b"GET /nslcm/v2/ns_instances HTTP/1.1\r\nHost: x\r\nX-A: "
HALF_BODY = (
    b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant"
)


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = COUNT + 1500
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"{needed} open files are needed, and {hard} are allowed (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("beginning", [b"", HALF_HEAD, HALF_BODY], ids=["silent", "head", "body"])
def test_thousands_of_held_connections_keep_nobody_out(
    running: Running, api: Api, beginning: bytes
) -> None:
    address = urlsplit(running.settings.url("nfvo"))
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(COUNT):
            connection = socket.create_connection((str(address.hostname), address.port or 80), 10)
            held.append(stack.enter_context(connection))
            with contextlib.suppress(ConnectionError):
                connection.sendall(beginning)
        for _ in range(5):
            begin = time.monotonic()
            api.ok("GET", "/nslcm/v2/ns_instances", 200)
            api.ok("GET", "/healthz", 200)
            assert time.monotonic() - begin < SOON
        held[0].settimeout(SOON)
        with contextlib.suppress(ConnectionError):
            assert held[0].recv(100) == b""
