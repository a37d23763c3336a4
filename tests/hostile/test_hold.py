# SPDX-License-Identifier: Apache-2.0
"""Strangers who hold connections, far more than there may be: whoever comes with a token is served
all the same, and whoever holds them finds them closed."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import logging
import resource
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mano import store
from tests import running as suites
from tests.running import Api, Running

PACKAGES = "/vnfpkgm/v2/vnf_packages"
LARGE = 16 * 2**20  # more than the kernel keeps of what was sent
COUNT = 3000
SOON = 5.0  # seconds; generous: without room nobody would ever be answered
HALF_HEAD = b"GET /nslcm/v2/ns_instances HTTP/1.1\r\nHost: x\r\nX-A: "
HALF_BODY = (
    b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant"
)


def address(running: Running) -> tuple[str, int]:
    root = urlsplit(running.settings.url("nfvo"))
    return str(root.hostname), root.port or 80


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = COUNT + 1500
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"{needed} open files are needed, and {hard} are allowed (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def impatient(new_store: Callable[[], store.Store], tmp_path: Path) -> Iterator[Running]:
    """A suite whose answers must be taken quickly."""
    running = Running(new_store, tmp_path)
    running.rest = dataclasses.replace(running.rest, body_seconds=0.5, body_rate=2**22)
    with suites.started(running):
        yield running


def test_who_does_not_read_what_he_asked_for_is_hung_up_on(
    impatient: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "mano.rest.gate")
    api, packages = suites.client(impatient), impatient.parts["nfvo"].store
    path = api.ok("POST", PACKAGES, 201, {}).headers["Location"]
    package = urlsplit(path).path
    with packages.begin() as tx:
        document = tx.get("vnf_packages", package.rpartition("/")[2])
        document.body["onboardingState"] = "ONBOARDED"
        tx.put(document)
        tx.add("details", f"vnf_packages/{document.id}", {})
        tx.write_content(f"vnf_packages/{document.id}", io.BytesIO(b"PK" * LARGE))
    with socket.create_connection(address(impatient), 10) as connection:
        head = f"GET {package}/package_content HTTP/1.1\r\nHost: x\r\n"
        token = api.http.headers["Authorization"]
        connection.sendall(f"{head}Authorization: {token}\r\n\r\n".encode())
        deadline = time.monotonic() + 30
        while "the client left" not in caplog.text:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        size = 0
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(2**20):
                size += len(piece)
    assert size < 2 * LARGE
    assert "Traceback" not in caplog.text and "ASGI" not in caplog.text


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("beginning", [b"", HALF_HEAD, HALF_BODY], ids=["silent", "head", "body"])
def test_thousands_of_held_connections_keep_nobody_out(
    running: Running, api: Api, beginning: bytes
) -> None:
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(COUNT):
            connection = socket.create_connection(address(running), 10)
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
