# SPDX-License-Identifier: Apache-2.0
"""Clients without credentials who ask for tokens as often as they can: little of it costs anything,
and whoever has a token, or had one, notices nothing."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from mano import store
from tests import running as suites
from tests.running import SECRET, Running

CLIENTS = 30
SOON = 8.0  # seconds; generous: what is asserted is that nobody waits for the flood's end
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def suite(new_store: Callable[[], store.Store], tmp_path: Path) -> Iterator[Running]:
    """One of its own: this address may not try a secret there for a while."""
    with suites.started(Running(new_store, tmp_path)) as running:
        yield running


def flood(endpoint: str, number: int, stopping: threading.Event) -> collections.Counter[int]:
    """Statuses of what one client was answered."""
    statuses: collections.Counter[int] = collections.Counter()
    with httpx.Client(trust_env=False, timeout=30) as client:
        while not stopping.is_set():
            wrong = (f"client-{number}", "guess")
            statuses[client.post(endpoint, data=GRANT, auth=wrong).status_code] += 1
    return statuses


def test_a_flood_of_token_requests_costs_little_and_holds_up_nobody(
    suite: Running, caplog: pytest.LogCaptureFixture
) -> None:
    api = suites.client(suite)
    endpoint = suite.settings.url("nfvo") + "/oauth2/token"
    stopping = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as clients:
        flooding = [clients.submit(flood, endpoint, n, stopping) for n in range(CLIENTS)]
        try:
            for _ in range(10):
                begin = time.monotonic()
                api.ok("GET", "/nslcm/v2/ns_instances", 200)
                answer = httpx.post(endpoint, data=GRANT, auth=("oss", SECRET), timeout=SOON)
                assert answer.status_code == 200
                assert time.monotonic() - begin < SOON
                time.sleep(0.2)
        finally:
            stopping.set()
    statuses = sum((one.result() for one in flooding), collections.Counter[int]())
    assert set(statuses) == {401, 429}, statuses
    # What costs CPU time is bounded by the clock, not by how often somebody asks.
    assert statuses[401] <= 2 * suite.settings.token_attempts < statuses[429], statuses
    refused = [record for record in caplog.records if record.name == "mano.rest.public"]
    assert len(refused) == statuses[401]
