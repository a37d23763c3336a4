# SPDX-License-Identifier: Apache-2.0
"""More work at once than a suite can do: it makes no more of it, and one ends after the other."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from mano import bus, store
from mano.bus.message import Message
from tests import running as suites
from tests.api import sample_packages
from tests.running import Api, Running

MANY = 200
LONG = 300.0  # seconds, on a slow machine


class Counting:
    """Between services and their carrier: how often each message was given to it."""

    def __init__(self, carrier: bus.Carrier):
        self.carrier, self.guard = carrier, threading.Lock()
        self.listen, self.start, self.stop = carrier.listen, carrier.start, carrier.stop
        self.times: collections.Counter[tuple[str, str]] = collections.Counter()

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        with self.guard:
            self.times[message["to"], message["id"]] += 1
        self.carrier.send(message, taken)

    def since(self) -> collections.Counter[tuple[str, str]]:
        """What was sent since this was asked last."""
        with self.guard:
            times, self.times = self.times, collections.Counter()
        return times


@pytest.fixture
def counted(new_store: Callable[[], store.Store], tmp_path: Path) -> Iterator[tuple[Counting, Api]]:
    made: list[Counting] = []

    def wrap(carrier: bus.Carrier) -> bus.Carrier:
        made.append(Counting(carrier))
        return made[0]

    running = Running(new_store, tmp_path, wrap=wrap)
    with suites.started(running):
        yield made[0], suites.client(running)


def test_many_at_once_cost_no_message_more_and_end_one_after_the_other(
    counted: tuple[Counting, Api], samples: dict[str, bytes]
) -> None:
    carrier, api = counted
    sample_packages.onboard(api, samples)
    vim = api.vim(delay={"compute": 0.2})

    def ask(number: int) -> str:
        return api.instantiate(api.ns(sample_packages.NSD_ID, f"ns-{number}"), vim)

    for number in (1, 2):  # the first brings the images
        carrier.since()
        assert api.ended(ask(-number))["operationState"] == "COMPLETED"
    needed = carrier.since()
    with ThreadPoolExecutor(16) as clients:
        operations = list(clients.map(ask, range(MANY)))
    ended = [api.ended(operation, LONG) for operation in operations]
    assert {occurrence["operationState"] for occurrence in ended} == {"COMPLETED"}
    sent = carrier.since()
    assert [message for message, times in sent.items() if times > 1] == []
    assert len(sent) == MANY * len(needed)
    begin = min(at(occurrence["startTime"]) for occurrence in ended)
    ends = [at(occurrence["stateEnteredTime"]) - begin for occurrence in ended]
    assert min(ends) < max(ends) / 2


def at(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
