# SPDX-License-Identifier: Apache-2.0
"""A GrantRequest that comes when its operation has ended reserves nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from mano import bus, store
from mano.bus.message import Message
from tests import running as suites
from tests.running import Running

WEB = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0003"
LATE = 1.5  # seconds


class LateGrants:
    """Brings GrantRequests late, as a bus may that was away."""

    def __init__(self, carrier: bus.Carrier):
        self.carrier, self.immediate = carrier, True
        self.listen, self.start, self.stop = carrier.listen, carrier.start, carrier.stop
        self.brought = 0

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        if message["operation"].startswith("POST /or-vnfm/grant"):
            threads = self.carrier.threads  # type: ignore[attr-defined]
            threads.after(LATE, self._bring, message, taken)
        else:
            self.carrier.send(message, taken)

    def _bring(self, message: Message, taken: Callable[[], None]) -> None:
        self.brought += 1
        self.carrier.send(message, taken)


def test_a_grant_request_that_is_overtaken_by_the_end_of_its_operation_reserves_nothing(
    new_store: Callable[[], store.Store], tmp_path: Path, samples: dict[str, bytes]
) -> None:
    made: list[LateGrants] = []

    def wrap(carrier: bus.Carrier) -> bus.Carrier:
        made.append(LateGrants(carrier))
        return made[0]

    running = Running(new_store, tmp_path, wrap=wrap)
    with suites.started(running):
        api = suites.client(running)
        api.onboard("/vnfpkgm/v2/vnf_packages", samples["web"])
        api.vim()
        vnf = api.ok("POST", "/vnflcm/v2/vnf_instances", 201, {"vnfdId": WEB}).headers["Location"]
        api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"})
        time.sleep(0.3)  # the request for its grant is on its way
        forced = {"force": True, "patience": 0.2}
        body = {"terminationType": "FORCEFUL", "additionalParams": forced}
        ended = api.ended(api.ok("POST", f"{vnf}/terminate", 202, body).headers["Location"])
        assert ended["operationState"] == "COMPLETED", ended
        api.ok("DELETE", vnf, 204)
        deadline = time.monotonic() + 10
        while made[0].brought < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        with running.parts["nfvo"].store.begin() as tx:
            assert [document.body for document in tx.find("reservations")] == []
