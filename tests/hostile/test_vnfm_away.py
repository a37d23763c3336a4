# SPDX-License-Identifier: Apache-2.0
"""A VNFM that is away while packages come and go: at the end it knows those that are there."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mano import bus, store
from mano.bus.message import Message
from tests import running as suites
from tests.running import Api, Running

PACKAGES = "/vnfpkgm/v2/vnf_packages"
VNFD = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0001"  # of the sample firewall


class Absent:
    """Between services and their carrier; what is for a peer that is away waits, and comes in any
    order when it is back, each message twice."""

    def __init__(self, carrier: bus.Carrier):
        self.carrier, self.random = carrier, random.Random(11)
        self.listen, self.start, self.stop = carrier.listen, carrier.start, carrier.stop
        self.away = ""
        self.waiting: list[tuple[Message, Callable[[], None]]] = []
        self.guard = threading.Lock()

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        with self.guard:
            if message["to"] == self.away:
                self.waiting.append((message, taken))
                return
        self.carrier.send(message, taken)

    def come_back(self) -> None:
        with self.guard:
            self.away, waiting, self.waiting = "", self.waiting * 2, []
        self.random.shuffle(waiting)
        for message, taken in waiting:
            self.carrier.send(message, taken)

    def verbs(self) -> list[str]:
        with self.guard:
            return [message["operation"] for message, _ in self.waiting]


@dataclass
class Suite:
    """A suite whose services may be away for each other."""

    carrier: Absent
    api: Api
    nfvo: store.Store


@pytest.fixture
def suite(new_store: Callable[[], store.Store], tmp_path: Path) -> Iterator[Suite]:
    made: list[Absent] = []

    def wrap(carrier: bus.Carrier) -> bus.Carrier:
        made.append(Absent(carrier))
        return made[0]

    running = Running(new_store, tmp_path, wrap=wrap)
    with suites.started(running):
        yield Suite(made[0], suites.client(running), running.parts["nfvo"].store)


def vnf_of(api: Api) -> str:
    """The package of a VNF that the VNFM makes of the VNFD; "" if it knows none."""
    answer = api.post("/vnflcm/v2/vnf_instances", {"vnfdId": VNFD})
    if answer.status_code == 422:
        return ""
    assert answer.status_code == 201, answer.text
    api.ok("DELETE", answer.headers["Location"], 204)
    return str(answer.json()["vnfPkgId"])


def until(true: Callable[[], object], patience: float = 20.0) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_vnfm_that_was_away_knows_the_package_that_is_there_and_no_other(
    suite: Suite, samples: dict[str, bytes]
) -> None:
    carrier, api = suite.carrier, suite.api
    for _ in range(4):
        carrier.away = "vnfm"
        for _ in range(2):  # deleted while its check is not over
            first = api.upload(PACKAGES, samples["firewall"])
            until(lambda: "vnfd" in carrier.verbs())
            assert api.get(first).json()["onboardingState"] == "PROCESSING"
            api.ok("DELETE", first, 204)
        last = api.upload(PACKAGES, samples["firewall"])
        until(lambda: len(set(carrier.verbs())) == 2)
        time.sleep(2.5)  # what was not taken is sent again meanwhile
        carrier.come_back()
        package = api.checked(last)
        assert package["onboardingState"] == "ONBOARDED"
        assert vnf_of(api) == package["id"]
        api.until(last, lambda package: package["usageState"] == "NOT_IN_USE")
        carrier.away = "vnfm"
        api.patch(last, {"operationalState": "DISABLED"})
        api.deleted(last)
        carrier.come_back()
        until(lambda: vnf_of(api) == "")
    time.sleep(2.5)
    assert vnf_of(api) == ""


def test_what_waits_for_a_peer_that_is_away_is_owed_once(
    suite: Suite, samples: dict[str, bytes]
) -> None:
    carrier, api = suite.carrier, suite.api
    carrier.away = "vnfm"
    path = api.upload(PACKAGES, samples["firewall"])
    time.sleep(7)  # the check looks again after five seconds
    assert api.get(path).json()["onboardingState"] == "PROCESSING"
    with suite.nfvo.begin() as tx:
        assert tx.execute("SELECT count(*) FROM {s}.outbox").scalar() == 1
    carrier.come_back()
    assert api.checked(path)["onboardingState"] == "ONBOARDED"
