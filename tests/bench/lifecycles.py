# SPDX-License-Identifier: Apache-2.0
"""Life cycles of VNFs and network services as clients lead them. Run as a module it is many clients
at once, in a process of its own so that their CPU time is not the suite's."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.bench import rest, waiting

Pauses = Callable[[], Iterator[float]]


class Failed(Exception):
    """An operation ended otherwise than COMPLETED."""


@dataclass(frozen=True)
class Kind:
    """VNF or NS: where its resources are and what it takes to make and to start one."""

    instances: str
    occurrences: str
    create: Callable[[str], dict[str, Any]]
    instantiate: dict[str, Any]
    terminate: dict[str, Any] | None


def vnf(flavour: str) -> Kind:
    """A VNF at the VNFM (SOL003)."""
    return Kind(
        "/vnflcm/v2/vnf_instances",
        "/vnflcm/v2/vnf_lcm_op_occs",
        lambda vnfd: {"vnfdId": vnfd, "vnfInstanceName": "bench"},
        {"flavourId": flavour},
        {"terminationType": "FORCEFUL"},
    )


def ns(flavour: str = "default") -> Kind:
    """A network service at the NFVO (SOL005)."""
    return Kind(
        "/nslcm/v2/ns_instances",
        "/nslcm/v2/ns_lcm_op_occs",
        lambda nsd: {"nsdId": nsd, "nsName": "bench", "nsDescription": "measured"},
        {"nsFlavourId": flavour},
        {},
    )


def create(client: rest.Client, kind: Kind, descriptor: str) -> str:
    """A new instance's id."""
    return str(client.call("POST", kind.instances, kind.create(descriptor)).body["id"])


def operate(
    client: rest.Client, kind: Kind, id: str, operation: str, pauses: Pauses = waiting.often
) -> float:
    """Seconds from the request to the moment at which the client knows that the operation has
    COMPLETED."""
    began = time.perf_counter()
    answer = client.call("POST", f"{kind.instances}/{id}/{operation}", getattr(kind, operation))
    occurrence = waiting.until(
        lambda: client.get(f"{kind.occurrences}/{answer.id}"), _ended, pauses
    )
    if occurrence["operationState"] != "COMPLETED":
        raise Failed(
            f"{operation} ended in {occurrence['operationState']}: {occurrence.get('error')}"
        )
    return time.perf_counter() - began


def delete(client: rest.Client, kind: Kind, id: str) -> None:
    """The instance is gone."""
    client.call("DELETE", f"{kind.instances}/{id}")


def cycle(
    client: rest.Client, kind: Kind, descriptor: str, pauses: Pauses = waiting.often
) -> float:
    """A whole life; seconds that its instantiation took."""
    id = create(client, kind, descriptor)
    took = operate(client, kind, id, "instantiate", pauses)
    operate(client, kind, id, "terminate", pauses)
    delete(client, kind, id)
    return took


def _ended(occurrence: dict[str, Any]) -> bool:
    return occurrence["operationState"] not in ("STARTING", "PROCESSING", "ROLLING_BACK")


def main(
    root: str, token: str, flavour: str, descriptor: str, clients: int, number: int
) -> dict[str, Any]:
    """`number` life cycles shared by so many clients: {"seconds", "failed": [why]}."""
    numbers, guard, failures = iter(range(number)), threading.Lock(), []

    def work() -> None:
        client = rest.Client(root, token)
        while True:
            with guard:
                if next(numbers, None) is None:
                    return
            try:
                cycle(client, vnf(flavour), descriptor, waiting.politely)
            except Exception as error:
                failures.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - began, "failed": failures}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps(main(**asked)))
