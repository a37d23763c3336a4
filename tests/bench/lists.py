# SPDX-License-Identifier: Apache-2.0
"""The figure of a list: a page of 100.

Run as a module it is the clients, in a process of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

from tests.bench import cost, lifecycles, rest, samples, suite
from tests.bench.bench import Bench
from tests.bench.results import Result

PAGE = 100  # a page of the suite
CLIENTS, REQUESTS = 4, 400


def lists(bench: Bench) -> list[Result]:
    """The first page of the VNFs' operation occurrences, a few clients at once."""
    nfvo, vnfm = bench.suite.client("nfvo"), bench.suite.client("vnfm")
    samples.vim(nfvo, 0)
    path = lifecycles.vnf("").occurrences
    with samples.vnf(nfvo, bench.folder) as (descriptor, flavour):
        while len(vnfm.get(path)) < PAGE:
            lifecycles.cycle(vnfm, lifecycles.vnf(flavour), descriptor)
    rates = []
    _seconds(bench, path)
    before = cost.cpu(bench.suite.pids())
    for _ in range(max(3, bench.rounds // 2)):
        rates.append(REQUESTS / _seconds(bench, path))
    cpu = (cost.cpu(bench.suite.pids()) - before) / (REQUESTS * len(rates))
    what = f"list page of {PAGE} op occs, {CLIENTS} clients"
    return [Result(what, "per s", 400, rates, cpu, more=True)]


def _seconds(bench: Bench, path: str) -> float:
    process = subprocess.run(
        [sys.executable, "-m", "tests.bench.lists"],
        input=json.dumps([bench.suite.roots["vnfm"], bench.suite.token, path]),
        capture_output=True,
        text=True,
        check=True,
        cwd=suite.ROOT,
    )
    return float(process.stdout)


def main(root: str, token: str, path: str) -> float:
    """Seconds that REQUESTS requests of CLIENTS clients take."""

    def work() -> None:
        client = rest.Client(root, token)
        for _ in range(REQUESTS // CLIENTS):
            client.text(path)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(main(*json.load(sys.stdin)))
