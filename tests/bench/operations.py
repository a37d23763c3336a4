# SPDX-License-Identifier: Apache-2.0
"""Figures of life cycle operations: a VNF, a network service, many at once, one with traffic."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time

from mano.suite import paths
from tests.bench import cost, lifecycles, samples, suite, traffic
from tests.bench.bench import Bench, Skipped
from tests.bench.results import Result

CLIENTS, CYCLES = 16, 60
DELAY = 0.5  # seconds that a slow VIM takes to make a compute


def vnf(bench: Bench) -> list[Result]:
    """A VNF on the simulated VIM, request to COMPLETED; the CPU is of the whole life cycle."""
    nfvo, client = bench.suite.client("nfvo"), bench.suite.client("vnfm")
    results = []
    with samples.vnf(nfvo, bench.folder) as (descriptor, flavour):
        for delay, reach in ((0.0, 30), (DELAY, 560)):
            samples.vim(nfvo, delay)
            values, cpu = bench.costs(
                lambda: lifecycles.cycle(client, lifecycles.vnf(flavour), descriptor) * 1000
            )
            what = f"VNF instantiate, simulated VIM with delay {delay:g} s"
            results.append(Result(what, "ms", reach, values, cpu))
    return results


def ns(bench: Bench) -> list[Result]:
    """A network service of three VNFs, likewise."""
    nfvo = bench.suite.client("nfvo")
    nsd, results = samples.service(nfvo, bench.folder), []
    for delay, reach in ((0.0, 100), (DELAY, 650)):
        samples.vim(nfvo, delay)
        values, cpu = bench.costs(lambda: lifecycles.cycle(nfvo, lifecycles.ns(), nsd) * 1000)
        what = f"NS of 3 VNFs instantiate, delay {delay:g} s"
        results.append(Result(what, "ms", reach, values, cpu))
    return results


def cycles(bench: Bench) -> list[Result]:
    """Full VNF life cycles, many clients at once: create, instantiate, terminate, delete."""
    nfvo = bench.suite.client("nfvo")
    samples.vim(nfvo, 0)
    rates, costs = [], []
    with samples.vnf(nfvo, bench.folder) as (descriptor, flavour):
        for number in (CLIENTS, *[CYCLES] * max(3, bench.rounds // 4)):
            before = cost.cpu(bench.suite.pids())
            rates.append(number / _seconds(bench, descriptor, flavour, number))
            costs.append((cost.cpu(bench.suite.pids()) - before) / number)
    return [
        Result(
            f"VNF life cycles, {CLIENTS} clients",
            "per s",
            30,
            rates[1:],  # the first warmed up
            statistics.median(costs[1:]),
            0.05,
            more=True,
        )
    ]


def _seconds(bench: Bench, descriptor: str, flavour: str, number: int) -> float:
    """How long `number` life cycles take; the clients are a process of their own."""
    order = {
        "root": bench.suite.roots["vnfm"],
        "token": bench.suite.token,
        "flavour": flavour,
        "descriptor": descriptor,
        "clients": CLIENTS,
        "number": number,
    }
    process = subprocess.run(
        [sys.executable, "-m", "tests.bench.lifecycles"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
        cwd=suite.ROOT,
    )
    outcome = json.loads(process.stdout)
    if failures := outcome["failed"]:
        raise lifecycles.Failed(f"{len(failures)} of {number}: {failures[0]}")
    return float(outcome["seconds"])


def demo(bench: Bench) -> list[Result]:
    """The sample service on this host: request to the first answer through its chain."""
    if os.geteuid() != 0:
        raise Skipped("entering the SAP's namespace needs root")
    nfvo = bench.suite.client("nfvo")
    samples.host(nfvo, bench.suite.host)
    nsd, kind = samples.service(nfvo, bench.folder), lifecycles.ns()

    def once() -> float:
        id = lifecycles.create(nfvo, kind, nsd)
        start = time.monotonic()
        lifecycles.operate(nfvo, kind, id, "instantiate")
        instance = nfvo.get(f"{kind.instances}/{id}")
        answer = traffic.first_answer(paths.agent_state(bench.suite.data), instance)
        lifecycles.operate(nfvo, kind, id, "terminate")
        lifecycles.delete(nfvo, kind, id)
        return answer - start

    values, cpu = bench.costs(once)
    return [Result("the demo's NS on this host, request to traffic", "s", 2, values, cpu)]
