# SPDX-License-Identifier: Apache-2.0
"""The figures: each measures a running suite and gives results. FIGURES is the table of all, in the
order of the report."""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lab import rabbitmq

from descriptors import pool
from mano.suite import places
from tests.bench import cost, lifecycles, samples, suite, traffic
from tests.bench.results import Result

CLIENTS, CYCLES = 16, 60
FACTOR = 1.5  # how much longer over RabbitMQ and PostgreSQL servers
SETTLE = 5.0  # seconds after which a suite that was started counts as idle
DELAY = 0.5


class Skipped(Exception):
    """A figure that cannot be measured here; says why."""


@dataclass
class Bench:
    """What a figure measures on: a suite that runs, a folder for files, how often to repeat."""

    suite: suite.Embedded
    folder: pathlib.Path
    rounds: int
    done: dict[str, list[Result]] = field(default_factory=dict)  # figures measured before

    def costs(self, work: Callable[[], float]) -> tuple[list[float], float]:
        """The values of the rounds and the suite's CPU seconds per round; one round more goes
        before, to warm up."""
        work()
        before = cost.cpu(self.suite.pids())
        values = [work() for _ in range(self.rounds)]
        return values, (cost.cpu(self.suite.pids()) - before) / self.rounds


def start(bench: Bench) -> list[Result]:
    """`mano up` to the first 200: on an empty folder, and again."""
    first, warm = [], []
    for number in range(max(2, bench.rounds // 4)):
        other = suite.Embedded(bench.folder / f"start-{number}")
        try:
            first.append(other.start())
            other.stop()
            warm.append(other.start())
        finally:
            other.remove()
    return [
        Result("start of mano up to the first 200, warm", "s", 2, warm),
        Result("… the very first", "s", 6, first),
    ]


def idle(bench: Bench) -> list[Result]:
    """Memory, and CPU per second, of a suite that has nothing to do."""
    time.sleep(SETTLE)
    before = cost.cpu(bench.suite.pids())
    values = []
    for _ in range(5):
        time.sleep(1)
        values.append(cost.pss(bench.suite.pids()) / 2**20)
    return [
        Result(
            "memory idle, sum of PSS (CPU-s: per second)",
            "MB",
            250,
            values,
            (cost.cpu(bench.suite.pids()) - before) / 5,
        )
    ]


def read(bench: Bench) -> list[Result]:
    """From the path of a CSAR to the model, in a child of the pool: one it never saw ("cold": the
    child runs, its parser is loaded), the same again ("warm"), and the most memory such a child
    took."""
    name, file = samples.package(bench.folder)
    cold, warm, memory = [], [], []
    for _ in range(bench.rounds):
        reader = pool.Pool()
        try:
            reader.warm()
            cold.append(_milliseconds(lambda reader=reader: reader.read(file)))
            warm += [_milliseconds(lambda reader=reader: reader.read(file)) for _ in range(3)]
            memory.append(max(cost.peak(pid) for pid in reader.pids()) / 2**20)
        finally:
            reader.close()
    return [
        Result(f"read {name}, CSAR to model in the pool, cold", "ms", 60, cold),
        Result("… warm", "ms", 30, warm),
        Result("… most memory of the child", "MB", 128, memory),
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def onboard(bench: Bench) -> list[Result]:
    """A VNF package, PUT of its content to ONBOARDED."""
    nfvo = bench.suite.client("nfvo")
    name, file = samples.package(bench.folder)

    def once() -> float:
        id, _, took = samples.onboard(nfvo, file)
        samples.drop_package(nfvo, id)
        return took * 1000

    values, cpu = bench.costs(once)
    return [Result(f"onboard {name}, PUT to ONBOARDED, warm", "ms", 50, values, cpu)]


def vnf(bench: Bench) -> list[Result]:
    """A VNF on the simulated VIM, request to COMPLETED. The CPU seconds are of the whole life
    cycle."""
    nfvo, client = bench.suite.client("nfvo"), bench.suite.client("vnfm")
    package, descriptor, flavour = _vnf(bench)
    results = []
    for delay, reach in ((0.0, 60), (DELAY, 560)):
        samples.vim(nfvo, delay)
        values, cpu = bench.costs(
            lambda: lifecycles.cycle(client, lifecycles.vnf(flavour), descriptor) * 1000
        )
        results.append(
            Result(
                f"VNF instantiate, simulated VIM with delay {delay:g} s", "ms", reach, values, cpu
            )
        )
    samples.drop_package(nfvo, package)
    return results


def ns(bench: Bench) -> list[Result]:
    """A network service of three VNFs on the simulated VIM. The CPU seconds are of the whole life
    cycle."""
    nfvo = bench.suite.client("nfvo")
    nsd, results = samples.service(nfvo, bench.folder), []
    for delay, reach in ((0.0, 150), (DELAY, 650)):
        samples.vim(nfvo, delay)
        values, cpu = bench.costs(lambda: lifecycles.cycle(nfvo, lifecycles.ns(), nsd) * 1000)
        results.append(
            Result(f"NS of 3 VNFs instantiate, delay {delay:g} s", "ms", reach, values, cpu)
        )
    return results


def cycles(bench: Bench) -> list[Result]:
    """Full VNF life cycles, many clients at once: create, instantiate, wait, terminate, wait,
    delete."""
    samples.vim(bench.suite.client("nfvo"), 0)
    package, descriptor, flavour = _vnf(bench)
    asked = {
        "root": bench.suite.roots["vnfm"],
        "token": bench.suite.token,
        "flavour": flavour,
        "descriptor": descriptor,
        "clients": CLIENTS,
    }
    rates, costs = [], []
    for number in (CLIENTS, *[CYCLES] * max(3, bench.rounds // 4)):
        before = cost.cpu(bench.suite.pids())
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.lifecycles"],
            input=json.dumps({**asked, "number": number}),
            capture_output=True,
            text=True,
            check=True,
            cwd=suite.ROOT,
        )
        said = json.loads(done.stdout)
        if said["failed"]:
            raise lifecycles.Failed(f"{len(said['failed'])} of {number}: {said['failed'][0]}")
        rates.append(number / said["seconds"])
        costs.append((cost.cpu(bench.suite.pids()) - before) / number)
    samples.drop_package(bench.suite.client("nfvo"), package)
    return [
        Result(
            f"VNF life cycles, {CLIENTS} clients",
            "per s",
            15,
            rates[1:],
            statistics.median(costs[1:]),
            0.1,
            more=True,
        )
    ]


def demo(bench: Bench) -> list[Result]:
    """The sample service on this host: from the request to the first answer through firewall and
    load balancer."""
    if os.geteuid() != 0:
        raise Skipped("entering the SAP's namespace needs root")
    nfvo = bench.suite.client("nfvo")
    samples.host(nfvo, bench.suite.host)
    nsd, kind = samples.service(nfvo, bench.folder), lifecycles.ns()

    def once() -> float:
        id = lifecycles.create(nfvo, kind, nsd)
        began = time.monotonic()
        lifecycles.operate(nfvo, kind, id, "instantiate")
        instance = nfvo.get(f"{kind.instances}/{id}")
        took = traffic.first_answer(places.agent_state(bench.suite.data), instance) - began
        lifecycles.operate(nfvo, kind, id, "terminate")
        lifecycles.delete(nfvo, kind, id)
        return took

    values, cpu = bench.costs(once)
    return [Result("the demo's NS on this host, request to traffic", "s", 2, values, cpu)]


def distributed(bench: Bench) -> list[Result]:
    """VNF, NS and the demo's service with a process per role, a RabbitMQ and a PostgreSQL: so many
    times the embedded suite's time."""
    if why := rabbitmq.missing():
        raise Skipped(why)
    measured = (vnf, ns, demo)
    own = {
        result.what: result.median
        for figure in measured
        for result in bench.done.get(figure.__name__) or figure(bench)
    }
    other = Bench(suite.Distributed(bench.folder / "distributed"), bench.folder, bench.rounds)
    try:
        other.suite.start()
        results = [result for figure in measured for result in figure(other)]
    finally:
        other.suite.remove()
    for result in results:
        result.reach = FACTOR * own[result.what]
        result.what += ", distributed"
    return results


def _vnf(bench: Bench) -> tuple[str, str, str]:
    """The package of the VNF that is measured: its id, its vnfdId, its flavour."""
    name, file = samples.package(bench.folder)
    package, descriptor, _ = samples.onboard(bench.suite.client("nfvo"), file)
    return package, descriptor, "simple" if file == samples.FOREIGN else "default"


FIGURES: dict[str, Callable[[Bench], list[Result]]] = {
    "start": start,
    "idle": idle,
    "read": read,
    "onboard": onboard,
    "vnf": vnf,
    "ns": ns,
    "cycles": cycles,
    "demo": demo,
    "distributed": distributed,
}
