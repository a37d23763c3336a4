# SPDX-License-Identifier: Apache-2.0
"""Clients that instantiate and terminate network services again and again, and note what was
accepted."""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from tests.suite.chaos.client import PATIENCE, Broken, Client

INSTANCES, OCCURRENCES = "/nslcm/v2/ns_instances", "/nslcm/v2/ns_lcm_op_occs"
HOLD = 1.0  # seconds, at the most, for which a network service is left running


@dataclass
class Accepted:
    """An operation that was answered 202."""

    id: str
    ns: str
    operation: str
    state: str = ""  # how it ended


class Load:
    """One client per entry of `vims`; each has one network service at a time. `proof` raises Broken
    unless what is INSTANTIATED really runs."""

    def __init__(
        self,
        client: Client,
        nsd: str,
        vims: list[str],
        proof: Callable[[str, str], None],
        seed: int,
    ):
        self.client, self.nsd, self.proof = client, nsd, proof
        self.accepted: list[Accepted] = []
        self.created: list[str] = []
        self.failures: list[str] = []
        self.proofs = dict.fromkeys(vims, 0)
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(
                target=self._work,
                args=(vim, number, random.Random(f"{seed}/{number}")),
                daemon=True,
            )
            for number, vim in enumerate(vims)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        """Lets every client end what it has begun: nothing is left instantiated."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def under_way(self) -> int:
        """How many operations have been accepted and have not ended."""
        return sum(not accepted.state for accepted in list(self.accepted))

    def _work(self, vim: str, number: int, rng: random.Random) -> None:
        life = 0
        while not self.stopping.is_set() and not self.failures:
            life += 1
            try:
                self._live(f"{vim}-{number}-{life}", vim, rng)
            except Broken as error:
                self.failures.append(f"{vim}-{number}-{life}: {error}")
            except Exception:
                self.failures.append(f"{vim}-{number}-{life}: {traceback.format_exc()}")

    def _live(self, name: str, vim: str, rng: random.Random) -> None:
        """One life of a network service; some are instantiated twice."""
        path = self.client.once(
            "POST",
            INSTANCES,
            {"nsdId": self.nsd, "nsName": name, "nsDescription": ""},
            (201,),
            lambda: self._named(name),
        )
        ns = path.rpartition("/")[2]
        self.created.append(ns)
        for _ in range(rng.choice((1, 1, 2))):
            self._operate(
                ns,
                "instantiate",
                {"nsFlavourId": "default", "additionalParamsForNs": {"vimId": vim}},
            )
            self.proof(ns, vim)
            self.proofs[vim] += 1
            time.sleep(rng.uniform(0, HOLD))
            self._operate(ns, "terminate", {})
        self.client.once(
            "DELETE",
            f"{INSTANCES}/{ns}",
            None,
            (204,),
            lambda: "" if self.client.get(f"{INSTANCES}/{ns}") is None else None,
        )

    def _named(self, name: str) -> str | None:
        instances = self.client.get(INSTANCES, filter=f"(eq,nsInstanceName,{name})")
        return f"{INSTANCES}/{instances[0]['id']}" if instances else None

    def _operate(self, ns: str, operation: str, body: dict[str, object]) -> None:
        earlier = {accepted.id for accepted in self.accepted if accepted.ns == ns}
        location = self.client.once(
            "POST", f"{INSTANCES}/{ns}/{operation}", body, (202,), lambda: self._begun(ns, earlier)
        )
        accepted = Accepted(location.rpartition("/")[2], ns, operation.upper())
        self.accepted.append(accepted)
        accepted.state = self._ended(accepted)
        if accepted.state != "COMPLETED":
            occurrence = self.client.get(f"{OCCURRENCES}/{accepted.id}")
            raise Broken(
                f"{operation} of NS {ns} ended {accepted.state}: {occurrence.get('error')}"
            )

    def _begun(self, ns: str, earlier: set[str]) -> str | None:
        ids = [
            one["id"]
            for one in self.client.get(OCCURRENCES, filter=f"(eq,nsInstanceId,{ns})")
            if one["id"] not in earlier
        ]
        return f"{OCCURRENCES}/{ids[0]}" if ids else None

    def _ended(self, accepted: Accepted) -> str:
        what = f"operation {accepted.id} ({accepted.operation} of NS {accepted.ns})"
        deadline, pause = time.monotonic() + PATIENCE, 0.05
        while True:
            occurrence = self.client.get(f"{OCCURRENCES}/{accepted.id}")
            if occurrence is None:
                raise Broken(f"{what} was accepted and is not there any more")
            if occurrence["operationState"] not in ("STARTING", "PROCESSING", "ROLLING_BACK"):
                return str(occurrence["operationState"])
            if time.monotonic() > deadline:
                raise Broken(f"{what} has not ended for {PATIENCE:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.3, 0.5)
