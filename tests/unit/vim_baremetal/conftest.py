# SPDX-License-Identifier: Apache-2.0
"""The bare-metal VIM at work, spoken to by messages only; its agents are scripted."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import scripted_agent

from mano import bus
from mano.bus import local
from mano.store import Store
from mano.threads import Threads
from vim_baremetal import service, settings

VIM = settings.NAME
QUICK = settings.Settings(silence=0.6, send_again=0.15, tell_every=0.3, removal=1.0)


class Site:
    """A VIM, its NFVO's ears, and as many agents as a test wants."""

    def __init__(self, store: Store):
        self.threads = Threads(4)
        self.carrier = local.Local(self.threads, elsewhere=lambda message: None)
        self.service = service.build(store, self.carrier, self.threads, QUICK)
        self.answers: dict[str, dict[str, Any]] = {}
        self.told: list[tuple[float, dict[str, Any]]] = []
        self.numbers = itertools.count()
        self.carrier.listen("nfvo", self._hear)
        self.threads.start()
        self.service.start()

    def stop(self) -> None:
        self.service.stop()
        self.threads.stop()

    def ask(self, operation: str, **body: Any) -> str:
        """Sends a request; the key under which its answer will come."""
        number = next(self.numbers)
        key = f"{operation}-{number}"
        if operation.endswith("_host"):
            body["version"] = number
        self.carrier.send(
            bus.request(
                VIM, operation, {"vim": VIM, **body}, id=key, reply_to="nfvo", reply_key=key
            ),
            lambda: None,
        )
        return key

    def answer(self, operation: str, **body: Any) -> tuple[int, Any]:
        """Asks and waits for the answer."""
        return self.answered(self.ask(operation, **body))

    def answered(self, key: str) -> tuple[int, Any]:
        until(lambda: key in self.answers, key)
        return self.answers[key]["status"], self.answers[key]["body"]

    def found(self, kind: str, name: str) -> dict[str, Any]:
        """The one resource of that name."""
        status, found = self.answer("query", kind=kind, filter={"name": name})
        assert status == 200
        return dict(found[0])

    def zone(self, host: str) -> dict[str, Any]:
        return next(zone for zone in self.answer("capacity")[1]["zones"] if zone["id"] == host)

    def host(self, name: str) -> scripted_agent.ScriptedAgent:
        """A host that is added, with its agent."""
        agent = scripted_agent.ScriptedAgent(self.carrier, name)
        agent.hello()
        assert self.answer("add_host", host=name)[0] == 201
        return agent

    def _hear(self, message: bus.Message) -> None:
        if message["operation"] == "host_report":
            self.told.append((time.monotonic(), message["body"]))
        else:
            self.answers[message["body"]["key"]] = message["body"]


def until(true: Callable[[], object], what: object = "", patience: float = 8.0) -> None:
    """Waits until something is true."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.01)


@pytest.fixture
def site(store: Store) -> Iterator[Site]:
    made = Site(store)
    yield made
    made.stop()


@pytest.fixture
def restarted(store: Store) -> Iterator[Callable[[Site], Site]]:
    """Ends a site and starts another on the same store."""
    made: list[Site] = []

    def restart(site: Site) -> Site:
        site.stop()
        made.append(Site(store))
        return made[-1]

    yield restart
    for site in made:
        site.stop()


@pytest.fixture
def eventually() -> Callable[..., None]:
    return until
