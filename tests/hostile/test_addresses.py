# SPDX-License-Identifier: Apache-2.0
"""A client who names an address at which we, but not he, may knock: it is not called, and what he
is told is the same whatever is there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mano import destinations, store
from mano.destinations import Destinations
from mano.notifications import subscriber
from tests import running as suites
from tests.hostile import peers
from tests.hostile.peers import listening
from tests.running import Api, Running

NSLCM = "/nslcm/v2/subscriptions"
SPELLINGS = (
    *("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "0.0.0.0"),
    *("[::ffff:127.0.0.1]", "user:secret@127.0.0.1"),
)


@pytest.fixture(scope="module")
def far(
    new_store: Callable[[], store.Store], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """A client of a suite that may call a host elsewhere, but not this machine."""
    allowed = destinations.parse("oss.example.com")
    data: Path = tmp_path_factory.mktemp("far")
    with suites.started(Running(new_store, data, callback_allow=allowed)) as suite:
        yield suites.client(suite)


@pytest.mark.parametrize("host", SPELLINGS)
def test_this_machine_is_not_called_however_it_is_spelt(far: Api, host: str) -> None:
    with listening(peers.answer(peers.NO_CONTENT)) as peer:
        port = peer.uri.split(":")[2].partition("/")[0]
        far.ok("POST", NSLCM, 422, {"callbackUri": f"http://{host}:{port}/"})
        authentication = {
            "authType": ["OAUTH2_CLIENT_CREDENTIALS"],
            "paramsOauth2ClientCredentials": {"tokenEndpoint": f"http://{host}:{port}/"},
        }
        elsewhere = {"callbackUri": "http://192.0.2.1/", "authentication": authentication}
        far.ok("POST", NSLCM, 422, elsewhere)
        assert peer.requests == []


def test_what_is_told_is_the_same_whatever_is_there(far: Api, api: Api) -> None:
    with (
        listening(peers.answer(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) as refusing,
        listening(peers.lie_about_the_protocol) as another,
    ):
        told = {
            client.ok("POST", NSLCM, 422, {"callbackUri": uri}).text
            for client, uri in (
                (far, refusing.uri),
                (far, "http://169.254.169.254/latest/meta-data"),
                (api, refusing.uri),
                (api, another.uri),
                (api, "http://127.0.0.1:1/"),
                (api, "http://name.invalid/"),
                (api, api.roots["nfvo"] + "/healthz"),
            )
        }
    assert len(told) == 1


def test_what_was_checked_is_what_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere the second time it is looked up."""
    lookups: list[str] = []
    find = socket.getaddrinfo

    def rebind(host: Any, *more: Any, **options: Any) -> Any:
        if host != "rebind.example":
            return find(host, *more, **options)
        lookups.append(host)
        return find("127.0.0.1" if len(lookups) == 1 else "127.0.0.2", *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebind)
    first = Destinations(destinations.parse("127.0.0.1"))

    def take(peer: peers.Peer, connection: socket.socket) -> None:
        connection.sendall(peers.NO_CONTENT)

    with listening(take) as peer:
        uri = peer.uri.replace("127.0.0.1", "rebind.example")
        assert asyncio.run(subscriber.test({"callbackUri": uri}, first)) == ""
        assert lookups == ["rebind.example"] and len(peer.requests) == 1


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Destinations(loopback=True)
    with (
        listening(peers.answer(peers.NO_CONTENT)) as proxy,
        listening(peers.answer(peers.NO_CONTENT)) as peer,
    ):
        monkeypatch.setenv("HTTP_PROXY", proxy.uri)
        monkeypatch.setenv("http_proxy", proxy.uri)
        assert asyncio.run(subscriber.test({"callbackUri": peer.uri}, here)) == ""
        assert proxy.requests == [] and len(peer.requests) == 1
