# SPDX-License-Identifier: Apache-2.0
"""Who has no token takes nothing from those who have one: secrets may be tried so often only."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from rest_example import SECRET, SETTINGS, THINGS

from mano.rest import server
from mano.rest.app import make_app
from mano.rest.attempts import MANY, Attempts
from mano.store import Store

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def endpoint(things_store: Store) -> Iterator[str]:
    """Of a service at which an address may try three secrets a minute."""
    app = make_app([THINGS], things_store, replace(SETTINGS, token_attempts=3))
    running = server.serve([(app, "127.0.0.1", 0)])
    yield f"http://127.0.0.1:{running.ports[0]}/oauth2/token"
    running.stop()


def test_an_address_that_tries_too_many_secrets_must_wait_but_a_client_that_is_known_need_not(
    endpoint: str,
) -> None:
    assert httpx.post(endpoint, data=GRANT, auth=("reader", SECRET)).status_code == 200
    for _ in range(2):
        assert httpx.post(endpoint, data=GRANT, auth=("boss", "wrong")).status_code == 401
    refused = httpx.post(endpoint, data=GRANT, auth=("boss", SECRET))
    assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 20
    assert httpx.post(endpoint, data=GRANT, auth=("reader", SECRET)).status_code == 200
    assert httpx.post(endpoint, data=GRANT, auth=("reader", SECRET + "x")).status_code == 429


def test_a_failed_token_request_is_logged_without_its_secret(
    endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = "boss\n" + "b" * 1000
    with caplog.at_level(logging.WARNING):
        httpx.post(endpoint, data=GRANT, auth=(client, "their secret"))
    [record] = [record for record in caplog.records if record.name == "mano.rest.public"]
    line = record.getMessage()
    assert "127.0.0.1" in line and r"boss\nbbb" in line and "not known" in line
    assert "their secret" not in line and len(line) < 300


def test_a_third_attempt_in_a_minute_of_two_waits_until_one_is_forgotten() -> None:
    attempts = Attempts(2)
    assert [attempts.wait("192.0.2.1", now) for now in (0, 1, 2)] == [0, 0, 28]
    assert attempts.wait("192.0.2.2", 2) == 0
    assert [attempts.wait("192.0.2.1", now) for now in (31, 32)] == [0, 28]


def test_who_has_many_ipv6_addresses_is_one_and_a_mapped_one_is_its_ipv4() -> None:
    attempts = Attempts(1)
    assert attempts.wait("2001:db8::1", 0) == 0 and attempts.wait("2001:db8::ffff", 0) == 60
    assert attempts.wait("192.0.2.1", 0) == 0 and attempts.wait("::ffff:192.0.2.1", 0) == 60


def test_the_addresses_that_are_remembered_are_bounded() -> None:
    attempts = Attempts(1)
    for number in range(MANY + 1):
        attempts.wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0)
    assert len(attempts) == MANY
