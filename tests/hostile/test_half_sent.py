# SPDX-License-Identifier: Apache-2.0
"""Clients that send half a request and hold the connection: on every route, more of them than there
are threads. They take no thread and no transaction, so that others notice nothing."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from mano.rest import dispatch
from mano.suite import parts
from tests.running import Api, Running

SOON = 5.0  # seconds; generous: held threads would never answer
ID = "11111111-1111-1111-1111-111111111111"
PUBLIC = [("POST", "/oauth2/token"), ("GET", "/healthz")]


def routes(service: str) -> list[tuple[str, str, str]]:
    """Method, path and media type of everything that a service serves."""
    table = dispatch.table(*parts.load(service).documents())
    operations = [
        (
            operation.method.upper(),
            operation.document.base + re.sub(r"\{\w+\}", ID, operation.path),
            next(iter(operation.media_types), "application/json"),
        )
        for operation in table.operations
    ]
    return [(*route, "application/x-www-form-urlencoded") for route in PUBLIC] + operations


def half(method: str, path: str, media_type: str, authorization: str) -> bytes:
    """Half a request."""
    lines = (
        f"{method} {path} HTTP/1.1",
        "Host: x",
        f"Authorization: {authorization}",
        f"Content-Type: {media_type}",
        "Content-Length: 1000",
    )
    return "\r\n".join(lines).encode() + b'\r\n\r\n{"'


@contextlib.contextmanager
def held(root: str, request: bytes, count: int) -> Iterator[list[socket.socket]]:
    """So many connections, on each of which the request was sent."""
    address = urlsplit(root)
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(count):
            connection = socket.create_connection((str(address.hostname), address.port or 80), 10)
            connections.append(stack.enter_context(connection))
            connection.sendall(request)
        yield connections


def open_transactions(running: Running) -> int:
    with running.parts["nfvo"].store.begin() as tx:
        count = tx.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'"
            " AND state_change < clock_timestamp() - interval '100 ms'"
        ).scalar()
    return int(count)


@pytest.mark.parametrize("service", parts.WITH_REST)
def test_half_sent_requests_on_every_route_leave_the_api_free(
    running: Running, api: Api, service: str
) -> None:
    collection = {"nfvo": "/nslcm/v2/ns_instances", "vnfm": "/vnflcm/v2/vnf_instances"}[service]
    root = running.settings.url(service)
    count = running.rest.threads + 2
    for method, path, media_type in routes(service):
        request = half(method, path, media_type, api.http.headers["Authorization"])
        with held(root, request, count):
            begin = time.monotonic()
            assert api.get(f"{root}/healthz").status_code == 200, (method, path)
            assert api.get(root + collection).status_code == 200, (method, path)
            assert time.monotonic() - begin < SOON, (method, path)


def test_half_sent_uploads_hold_no_transaction_and_no_lock(running: Running, api: Api) -> None:
    package = api.ok("POST", "/vnfpkgm/v2/vnf_packages", 201, {}).headers["Location"]
    path = urlsplit(package).path + "/package_content"
    request = half("PUT", path, "application/zip", api.http.headers["Authorization"])
    with held(running.settings.url("nfvo"), request, running.rest.threads + 2):
        time.sleep(0.5)
        assert open_transactions(running) == 0
        api.ok("DELETE", package, 204)  # nobody holds it


def test_half_sent_requests_without_a_token_are_answered_at_once(
    running: Running, api: Api
) -> None:
    for method, path, media_type in routes("nfvo")[len(PUBLIC) :]:
        with held(running.settings.url("nfvo"), half(method, path, media_type, "Bearer x"), 1) as [
            connection
        ]:
            assert connection.recv(100).startswith(b"HTTP/1.1 401"), (method, path)
