# SPDX-License-Identifier: Apache-2.0
"""Several apps in one process, and ports that are taken."""

from __future__ import annotations

import os
import socket

import httpx
import pytest
import rest_example
from mano import store
from mano.rest import server
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
            server.PortTaken, match=rf"port {port} .* is taken by .*\(pid {os.getpid()}\).*another port"
        ):
            server.serve([(app, "127.0.0.1", port)])
