# SPDX-License-Identifier: Apache-2.0
"""The same life cycles where the bus brings every message twice, out of order, or late: same
result, nothing left."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mano import bus, store
from mano.bus.message import Message
from tests import running as suites
from tests.api import sample_packages
from tests.running import Running


class Twice:
    """Brings every message twice, the copies at once or one after the other."""

    def __init__(self, carrier: bus.Carrier):
        self.carrier, self.immediate = carrier, True
        self.listen, self.start, self.stop = carrier.listen, carrier.start, carrier.stop

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        self.carrier.send(message, taken)
        self.carrier.send(message, lambda: None)


class Disordered(Twice):
    """Holds messages back for random times, and brings some of them again much later."""

    def __init__(self, carrier: bus.Carrier):
        super().__init__(carrier)
        self.random = random.Random(7)

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        threads = self.carrier.threads  # type: ignore[attr-defined]
        threads.after(self.random.uniform(0, 0.03), self.carrier.send, message, taken)
        if self.random.random() < 0.5:
            threads.after(self.random.uniform(0, 0.6), self.carrier.send, message, lambda: None)


@pytest.mark.parametrize("carrier", [Twice, Disordered])
def test_services_come_and_go_whatever_the_bus_does(
    carrier: type[Twice],
    new_store: Callable[[], store.Store],
    tmp_path: Path,
    samples: dict[str, bytes],
) -> None:
    running = Running(new_store, tmp_path, wrap=carrier)
    with suites.started(running):
        api = suites.client(running)
        sample_packages.onboard(api, samples)
        sound = api.vim(delay={"compute": 0.05})
        broken = api.vim(
            faults=[
                {"kind": "compute", "name": "web-1", "error": {"status": 500, "detail": "broken"}}
            ]
        )
        first, second, third = (
            api.ns("7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0010", name) for name in ("one", "two", "three")
        )
        up = [
            api.instantiate(first, sound),
            api.instantiate(second, sound),
            api.instantiate(third, broken),
        ]
        assert [api.ended(one)["operationState"] for one in up] == [
            "COMPLETED",
            "COMPLETED",
            "FAILED_TEMP",
        ], [api.get(one).json().get("error") for one in up]
        assert len(api.get("/vnflcm/v2/vnf_instances").json()) == 9
        computes = [one for one in suites.left(running, sound) if one.startswith("compute")]
        assert len(computes) == 8 and len(set(computes)) == 8
        api.ok("POST", f"{up[2]}/rollback", 202)
        api.until(up[2], lambda found: found["operationState"] == "ROLLED_BACK")
        api.ok("DELETE", third, 204)
        for ns in (first, second):
            api.removed(ns)
        assert suites.gone(running, sound) and suites.gone(running, broken)
        assert (
            api.get("/vnflcm/v2/vnf_instances").json()
            == []
            == api.get("/nslcm/v2/ns_instances").json()
        )


def test_an_operation_cancelled_at_any_moment_leaves_nothing_after_rollback(
    new_store: Callable[[], store.Store], tmp_path: Path, samples: dict[str, bytes]
) -> None:
    running = Running(new_store, tmp_path, wrap=Disordered)
    with suites.started(running):
        api = suites.client(running)
        sample_packages.onboard(api, samples)
        vim = api.vim(delay={"compute": 0.1, "network": 0.02})
        for pause in (0.0, 0.05, 0.15, 0.3, 0.5, 0.8):
            ns = api.ns(sample_packages.NSD_ID)
            operation = api.instantiate(ns, vim)
            time.sleep(pause)
            api.call("POST", f"{operation}/cancel", json={"cancelMode": "FORCEFUL"})
            if api.ended(operation)["operationState"] == "FAILED_TEMP":
                api.ok("POST", f"{operation}/rollback", 202)
                api.until(operation, lambda found: found["operationState"] == "ROLLED_BACK")
            else:
                assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
            api.ok("DELETE", ns, 204)
        assert suites.gone(running, vim), suites.left(running, vim)
        assert api.get("/vnflcm/v2/vnf_instances").json() == []
