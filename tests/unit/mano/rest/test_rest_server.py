# SPDX-License-Identifier: Apache-2.0
"""Several apps in one process, and ports that are taken."""

from __future__ import annotations

import os
import pathlib
import socket

import httpx
import pytest
import rest_example

from mano import store
from mano.rest import auth, server
from mano.rest.app import make_app


def test_two_apps_are_served_and_stopped(things_store: store.Store) -> None:
    app = make_app([rest_example.THINGS], things_store, rest_example.SETTINGS)
    servers = server.serve([(app, "127.0.0.1", 0), (app, "127.0.0.1", 0)])
    for port in servers.ports:
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    servers.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{servers.ports[0]}/healthz")


def test_a_port_that_is_taken_is_named_with_its_holder(things_store: store.Store) -> None:
    app = make_app([rest_example.THINGS], things_store, rest_example.SETTINGS)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            server.PortTaken,
            match=rf"port {port} .* is taken by .*\(pid {os.getpid()}\).*another port",
        ):
            server.serve([(app, "127.0.0.1", port)])


def test_without_a_database_requests_are_503_and_health_says_so(tmp_path: pathlib.Path) -> None:
    nowhere = store.Store(store.Database(f"postgresql://postgres@/mano?host={tmp_path}"), "rest")
    servers = server.serve(
        [(make_app([rest_example.THINGS], nowhere, rest_example.SETTINGS), "127.0.0.1", 0)]
    )
    root = f"http://127.0.0.1:{servers.ports[0]}"
    token = auth.Authority(rest_example.SETTINGS).issue("boss", ["read"])
    asked = httpx.get(root + "/things-api/v2/things", headers={"authorization": f"Bearer {token}"})
    for answer in (asked, httpx.get(root + "/healthz")):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    servers.stop()
