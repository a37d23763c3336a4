# SPDX-License-Identifier: Apache-2.0
"""A peer that drips, lies, never ends, redirects, closes: for every call that NFVO and VNFM make to
strangers, which are the test of a callback, a notification, and the request for a token.

Each ends within its deadline, with a reason, and holds up nobody."""

from __future__ import annotations

import ast
import asyncio
import json
import pathlib
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mano.destinations import Destinations
from mano.notifications import exchange, subscriber
from tests.hostile import peers
from tests.hostile.peers import Act, listening
from tests.running import Api

SERVICES = pathlib.Path(__file__).parents[2] / "services"
Call = Callable[[str], Awaitable[str]]
HERE = Destinations(loopback=True)
GENEROUS = 15.0  # seconds; twice a deadline, on a slow machine


async def try_callback(uri: str) -> str:
    return await subscriber.test({"callbackUri": uri}, HERE)


async def notify(uri: str) -> str:
    return await subscriber.notify({"callbackUri": uri}, {"id": "1"}, HERE)


async def ask_for_token(uri: str) -> str:
    subscription = _with_token({"callbackUri": "http://127.0.0.1:1/x"}, uri)
    return await subscriber.notify(subscription, {}, HERE)


def _with_token(subscription: dict[str, Any], endpoint: str) -> dict[str, Any]:
    oauth2 = {"clientId": "me", "clientPassword": "secret", "tokenEndpoint": endpoint}
    authentication = {
        "authType": ["OAUTH2_CLIENT_CREDENTIALS"],
        "paramsOauth2ClientCredentials": oauth2,
    }
    return {**subscription, "authentication": authentication}


CALLS = (try_callback, notify, ask_for_token)
NEVER_ANSWER = (
    peers.drip_status,
    peers.drip_headers,
    peers.send_headers_for_ever,
    peers.send_interim_answers_for_ever,
    peers.lie_about_the_protocol,
    peers.close,
    peers.say_nothing,
)


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "DEADLINE", 1.0)  # still five bytes of one that drips


@pytest.mark.usefixtures("short_deadline")
@pytest.mark.parametrize("act", NEVER_ANSWER, ids=lambda act: act.__name__)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_peer_that_never_answers_is_given_up_in_time(call: Call, act: Act) -> None:
    with listening(act) as peer:
        begin = time.monotonic()
        failure = asyncio.run(call(peer.uri))
        assert failure and len(failure) < 500
        assert time.monotonic() - begin < GENEROUS
        assert len(peer.requests) == 1


@pytest.mark.usefixtures("short_deadline")
@pytest.mark.parametrize(
    "act",
    [peers.drip_body, peers.send_body_for_ever, peers.lie_about_the_length],
    ids=lambda act: act.__name__,
)
def test_a_token_whose_body_never_ends_is_given_up_in_time(act: Act) -> None:
    with listening(act) as peer:
        begin = time.monotonic()
        assert "tokenEndpoint" in asyncio.run(ask_for_token(peer.uri))
        assert time.monotonic() - begin < GENEROUS


def test_a_notification_is_taken_though_the_body_of_the_answer_never_ends() -> None:
    with listening(peers.send_body_for_ever) as peer:
        assert asyncio.run(notify(peer.uri)) == ""  # the status says all; nothing else is read


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_redirect_is_not_followed(call: Call) -> None:
    with (
        listening(peers.answer(peers.WITH_TOKEN)) as elsewhere,
        listening(peers.redirect_to(elsewhere.uri)) as peer,
    ):
        assert "307" in asyncio.run(call(peer.uri))
        assert len(peer.requests) == 1 and elsewhere.requests == []


@pytest.mark.parametrize("token", ["Bearer ü", "two\r\nlines", "", None, 7, ["x"]])
def test_a_token_that_no_header_can_carry_is_a_reason_that_does_not_quote_it(token: Any) -> None:
    body = json.dumps({"access_token": token, "secret": "theirs"}).encode()
    content = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with listening(peers.answer(content)) as peer:
        failure = asyncio.run(ask_for_token(peer.uri))
    assert "without an access_token" in failure
    assert "theirs" not in failure and "lines" not in failure


@pytest.mark.parametrize(
    "uri", ["http://a..b/x", "http://xn--/x", "http://[::1", "http://h/" + "x" * 70_000, "x:", ""]
)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_an_odd_uri_is_a_reason_in_words(call: Call, uri: str) -> None:
    assert asyncio.run(call(uri))


@pytest.mark.parametrize("kind", ["BASIC", "OAUTH2_CLIENT_CREDENTIALS", "TLS_CERT"])
def test_who_asked_for_authentication_is_not_called_without(kind: str) -> None:
    with listening(peers.answer(peers.NO_CONTENT)) as peer:
        subscription = {"callbackUri": peer.uri, "authentication": {"authType": [kind]}}
        assert kind in asyncio.run(subscriber.test(subscription, HERE))
        assert peer.requests == []


def test_a_peer_is_called_a_few_times_at_once_and_then_no_more() -> None:
    async def call_often(uri: str) -> list[str | BaseException]:
        calls = [try_callback(uri) for _ in range(exchange.PER_PEER + 3)]
        return await asyncio.gather(*calls, return_exceptions=True)

    with listening(peers.say_nothing) as peer:
        outcomes = asyncio.run(call_often(peer.uri))
        assert len([one for one in outcomes if isinstance(one, exchange.Busy)]) == 3
        assert len(peer.requests) == exchange.PER_PEER


def test_only_this_room_calls_strangers() -> None:
    """Who adds a call to the outside adds it above."""
    importers = {
        str(path.relative_to(SERVICES))
        for path in SERVICES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any("httpx" in name.name for name in node.names))
        or (isinstance(node, ast.ImportFrom) and "httpx" in (node.module or ""))
    }
    clients = {name for name in importers if name.startswith("mano/cli/")}  # they have a user
    assert importers - clients == {"mano/notifications/exchange.py"}


def test_half_dead_subscribers_hold_up_no_operation_and_are_shown(api: Api, nsd: str) -> None:
    """More than there are threads; each takes its test, and then drips."""

    def act(peer: peers.Peer, connection: Any) -> None:
        if peer.requests[-1].startswith("GET"):
            connection.sendall(peers.NO_CONTENT)
        else:
            peers.drip_headers(peer, connection)

    with listening(act) as peer:
        body = {"callbackUri": peer.uri}
        paths = [
            api.ok("POST", "/nslcm/v2/subscriptions", 201, body).headers["Location"]
            for _ in range(8)
        ]
        ns = api.ns(nsd)
        assert api.ended(api.instantiate(ns))["operationState"] == "COMPLETED"
        api.removed(ns)
        subscription = api.until(paths[0], lambda body: "deliveryProblem" in body)
        problem = subscription["deliveryProblem"]
        assert problem["failures"] >= 1 and "was not taken" in problem["detail"]
        assert problem["failedAt"] < problem["nextTryAt"]
        for path in paths:
            api.ok("DELETE", path, 204)


def test_a_subscriber_that_takes_again_what_it_is_owed_is_shown_well(api: Api, nsd: str) -> None:
    content = [peers.NO_CONTENT, b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"]
    with listening(lambda peer, connection: connection.sendall(content[0])) as peer:
        body = {"callbackUri": peer.uri}
        path = api.ok("POST", "/nslcm/v2/subscriptions", 201, body).headers["Location"]
        content.reverse()
        api.ok("DELETE", api.ns(nsd), 204)
        problem = api.until(path, lambda body: "deliveryProblem" in body)["deliveryProblem"]
        assert problem["failures"] >= 1 and "500" not in problem["detail"]  # the log has it
        content.reverse()
        api.until(path, lambda body: "deliveryProblem" not in body)
        api.ok("DELETE", path, 204)


@pytest.mark.parametrize(
    "act", [peers.drip_headers, peers.say_nothing], ids=lambda act: act.__name__
)
def test_callback_tests_that_wait_leave_the_api_free(api: Api, act: Act) -> None:
    """More of them than the API has threads, again and again, so that who had to wait for a thread
    would do so each time; each is 422, or 503 where too many wait for one."""
    over = threading.Event()

    def subscribe() -> list[httpx.Response]:
        answers = []
        while not over.is_set():
            answers.append(api.post("/nslcm/v2/subscriptions", {"callbackUri": peer.uri}))
        return answers

    with listening(act) as peer, ThreadPoolExecutor(12) as clients:
        waiting = [clients.submit(subscribe) for _ in range(12)]
        try:
            while not peer.requests:
                time.sleep(0.01)
            begin = time.monotonic()
            for _ in range(40):
                api.ok("GET", "/nslcm/v2/ns_instances", 200)
                api.ok("GET", "/healthz", 200)
            assert time.monotonic() - begin < GENEROUS
        finally:
            over.set()
        answers = [answer for one in waiting for answer in one.result()]
        assert {answer.status_code for answer in answers} <= {422, 503}
        assert all(("Retry-After" in one.headers) == (one.status_code == 503) for one in answers)
