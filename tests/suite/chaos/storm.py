# SPDX-License-Identifier: Apache-2.0
"""A whole run: start under fire, load, kills, calm, and the findings."""

from __future__ import annotations

import contextlib
import pathlib
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from descriptors import building
from tests.suite.chaos import checks
from tests.suite.chaos.client import Broken, Client
from tests.suite.chaos.killing import Killer, Victim
from tests.suite.chaos.load import Load
from tests.suite.chaos.processes import PATHS, Process, Supervisor, until
from tests.suite.chaos.receiver import Receiver

SAMPLES = pathlib.Path(building.__file__).parent
VNFS = ("firewall", "loadbalancer", "web")
BARE, SIMULATED = "baremetal", "simulated"
NEEDED = (
    "netns",
    "veth",
    "bridge",
    "nft_bridge",
)  # features of the kernel, as the agent probes them
DELAYS = {"network": 0.05, "port": 0.05, "compute": 0.3, "path": 0.05}
FIRST_KILLS = 4  # while the suite starts for the first time
SOON, PATIENCE = 10.0, 60.0


class System(Protocol):
    """A suite that can be killed."""

    name: str
    data: pathlib.Path
    temporary: pathlib.Path
    host: str
    roots: dict[str, str]
    agent_state: pathlib.Path
    processes: list[Process]

    @property
    def database_url(self) -> str: ...
    def credentials(self) -> tuple[str, str] | None: ...
    def start(self) -> None: ...
    def victims(self) -> dict[str, Victim]: ...
    def beginners(self) -> dict[str, Victim]: ...
    def stop(self) -> None: ...


@dataclass
class Report:
    """What came of a storm; every list is to be empty."""

    seed: int
    kills: dict[str, int] = field(default_factory=dict)
    in_the_middle: int = 0  # kills while an operation ran
    lives: dict[str, int] = field(
        default_factory=dict
    )  # by VIM: instantiations that were proved to run
    lacking: str = ""  # why nothing ran on bare metal
    broken: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    database: list[str] = field(default_factory=list)
    kernel: list[str] = field(default_factory=list)
    temporary: list[str] = field(default_factory=list)
    fell: list[str] = field(default_factory=list)


class Storm:
    """One system, one seed."""

    def __init__(
        self, system: System, kills: int, seed: int, pace: float, clients: tuple[int, int]
    ):
        self.system, self.count = system, kills
        self.seed, self.pace, self.clients = seed, pace, clients
        self.random = random.Random(seed)
        self.client = Client(system.roots, system.credentials)
        self.receiver = Receiver(random.Random(seed + 1))
        self.supervisor = Supervisor(system.processes)
        self.database = checks.Database(lambda: system.database_url)
        self.proof = checks.Proof(self.client, self.database, system.data, system.agent_state, BARE)
        self.report = Report(seed)

    def run(self) -> Report:
        """The report; Broken if not even the preparation worked."""
        with self._said("first start, killed while it happens"):
            self._begin()
        with self._said("packages, VIMs, subscriptions"):
            nsd = self._prepare()
        bare = [] if self.report.lacking else [BARE] * self.clients[1]
        load = Load(self.client, nsd, [SIMULATED] * self.clients[0] + bare, self.proof, self.seed)
        killer = Killer(
            self.system.victims(),
            self.random,
            self.supervisor,
            load.under_way,
            lambda: self.client.answered,
        )
        load.start()
        with self._said(f"{self.count} kills"):
            killer.kill(
                self.count - sum(self.report.kills.values()), lambda: not load.failures, self.pace
            )
            self.supervisor.settle()
        if load.failures:
            (self.system.data.parent / "diagnosis").write_text(self.database.diagnosis())
        with self._said("calm"):
            load.finish()
        for name, number in killer.counts().items():
            self.report.kills[name] = self.report.kills.get(name, 0) + number
        self.report.in_the_middle = sum(under_way > 0 for _, _, under_way in killer.done)
        self.report.lives, self.report.broken = load.proofs, load.failures + self.supervisor.failed
        with self._said("the sweep"):
            self._judge(load)
        self._log(killer)
        return self.report

    def end(self) -> None:
        """Ends everything; what a failed run has left is removed."""
        self.supervisor.settle()
        self.supervisor.stop()
        self.system.stop()
        self.receiver.stop()
        self.client.close()
        self.report.fell += [words for process in self.system.processes for words in process.fell]
        self.report.kernel += checks.kernel(self.system.agent_state)
        self.report.temporary = checks.temporary(self.system.temporary)
        checks.remove(self.system.agent_state)

    def _begin(self) -> None:
        self.system.start()
        self.supervisor.start()
        killer = Killer(
            self.system.beginners(), self.random, self.supervisor, lambda: 0, lambda: 0.0
        )
        killer.kill_some(FIRST_KILLS, 1.2)
        self.supervisor.settle()
        self.report.kills = killer.counts()
        self.client.get("/nslcm/v2/ns_instances")

    def _prepare(self) -> str:
        nsd = self._onboard()
        for id, kind in ((SIMULATED, "simulated"), (BARE, "baremetal")):
            self._post(
                "/admin/v1/vims",
                {"id": id, "vimType": kind, "extra": {"delay": DELAYS} if id == SIMULATED else {}},
            )
        for api in ("/nslcm/v2", "/vnflcm/v2"):
            self._post(f"{api}/subscriptions", {"callbackUri": self.receiver.uri})
        self._post("/admin/v1/hosts", {"id": self.system.host, "vimId": BARE})
        for path in (
            f"/admin/v1/vims/{SIMULATED}",
            f"/admin/v1/vims/{BARE}",
            f"/admin/v1/hosts/{self.system.host}",
        ):
            if not until(lambda: self.client.get(path)["state"] == "ENABLED", PATIENCE):  # noqa: B023
                raise Broken(f"{path}: {self.client.get(path)}")
        features = self.client.get(f"/admin/v1/hosts/{self.system.host}")["facts"]["features"]
        self.report.lacking = ", ".join(
            f"{name} ({features[name].get('why', '')})"
            for name in NEEDED
            if not features[name]["works"]
        )
        return nsd

    def _onboard(self) -> str:
        for name in VNFS:
            self._upload(
                "/vnfpkgm/v2/vnf_packages",
                "package_content",
                building.build(SAMPLES / "vnf" / name, self.system.data.parent),
            )
        file = building.build(SAMPLES / "ns" / "secure-web", self.system.data.parent)
        return str(self._upload("/nsd/v2/ns_descriptors", "nsd_content", file)["nsdId"])

    def _upload(self, collection: str, content: str, file: pathlib.Path) -> Any:
        path = self._post(collection, {})
        answer = self.client.send(
            "PUT",
            f"{path}/{content}",
            content=file.read_bytes(),
            headers={"Content-Type": "application/zip"},
        )
        state = "onboardingState" if content == "package_content" else "nsdOnboardingState"
        if answer.status_code != 202 or not until(
            lambda: self.client.get(path)[state] == "ONBOARDED", PATIENCE
        ):
            raise Broken(
                f"{file.name}: {answer.status_code} {answer.text}, then {self.client.get(path)}"
            )
        return self.client.get(path)

    def _post(self, path: str, body: dict[str, Any]) -> str:
        answer = self.client.send("POST", path, body)
        if answer.status_code != 201:
            raise Broken(f"POST {path}: {answer.status_code} {answer.text}")
        return str(answer.headers["Location"])

    def _judge(self, load: Load) -> None:
        if _left(self.database.left, SOON):
            # Not wrong yet, but slow: something waits for a lease or a timer that should have been
            # woken.
            words = f"chaos: after {SOON:.0f} s still {self.database.left()}"
            print(words, self.database.diagnosis(), sep="\n", file=sys.stderr)
        self.report.database = _left(self.database.left, PATIENCE)
        self.report.unended = self._unended(load)
        self.report.untold = _left(lambda: self._untold(load), SOON)
        if not self.report.lacking:
            state = self.system.agent_state
            self.report.kernel = _left(lambda: checks.kernel(state), 2 * SOON) + checks.files(state)

    def _unended(self, load: Load) -> list[str]:
        ns = self.database.occurrences("nfvo", "ns_lcm_op_occs")
        vnf = self.database.occurrences("vnfm", "vnf_lcm_op_occs")
        ids = {occurrence["id"] for occurrence in ns}
        missing = [
            f"{accepted} is not stored" for accepted in load.accepted if accepted.id not in ids
        ]
        return missing + [
            _words(occurrence)
            for occurrence in [*ns, *vnf]
            if occurrence["operationState"] != "COMPLETED"
        ]

    def _untold(self, load: Load) -> list[str]:
        ns = {
            document["id"]: ["START PROCESSING", "RESULT COMPLETED"]
            for document in self.database.occurrences("nfvo", "ns_lcm_op_occs")
        }
        vnf = {
            document["id"]: ["START STARTING", "START PROCESSING", "RESULT COMPLETED"]
            for document in self.database.occurrences("vnfm", "vnf_lcm_op_occs")
        }
        identifiers = {
            kind: {
                document["nsInstanceId"]
                for document in self.receiver.taken
                if document["notificationType"] == f"NsIdentifier{kind}Notification"
            }
            for kind in ("Creation", "Deletion")
        }
        silent = [
            f"{kind} of NS {id} was not told"
            for kind, ids in identifiers.items()
            for id in load.created
            if id not in ids
        ]
        return [
            *self.receiver.lacks(ns, "nsLcmOpOccId"),
            *self.receiver.lacks(vnf, "vnfLcmOpOccId"),
            *silent,
            *self.receiver.out_of_order("nsInstanceId"),
            *self.receiver.out_of_order("vnfInstanceId"),
        ]

    def _log(self, killer: Killer) -> None:
        with (self.system.data.parent / "kills.log").open("w") as out:
            for at, name, under_way in killer.done:
                clock = time.strftime("%H:%M:%S", time.localtime(at))
                out.write(f"{clock}.{int(at * 1000) % 1000:03d} {name} ({under_way} operations)\n")

    @contextlib.contextmanager
    def _said(self, what: str) -> Iterator[None]:
        start = time.monotonic()
        yield
        print(
            f"chaos {self.system.name}: {what}: {time.monotonic() - start:.1f} s",
            file=sys.stderr,
            flush=True,
        )


def _words(occurrence: dict[str, Any]) -> str:
    instance = occurrence.get("nsInstanceId") or occurrence.get("vnfInstanceId")
    state, error = occurrence["operationState"], occurrence.get("error", "")
    return f"{occurrence['id']} of {instance}: {state} {error}"


def _left(look: Callable[[], list[str]], patience: float) -> list[str]:
    """What is found, [] as soon as it is nothing: a host's reports come and go for ever."""
    end = time.monotonic() + patience
    while (findings := look()) and time.monotonic() < end:
        time.sleep(0.2)
    return findings


def run(
    make: Callable[[pathlib.Path, random.Random], System],
    folder: pathlib.Path,
    kills: int,
    seed: int,
    pace: float,
    clients: tuple[int, int],
) -> Report:
    """A storm from start to end. `clients` is how many use the simulated VIM, and how many bare
    metal."""
    print(f"chaos: SEED={seed} KILLS={kills}, files in {folder}", file=sys.stderr, flush=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "PYTHONPATH", PATHS
        )  # for all programs that we start, where the packages are not installed
        storm = Storm(make(folder, random.Random(seed + 2)), kills, seed, pace, clients)
        try:
            return storm.run()
        finally:
            print(f"chaos: {storm.report}", file=sys.stderr, flush=True)
            storm.end()
