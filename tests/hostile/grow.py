# SPDX-License-Identifier: Apache-2.0
"""Thousands of cycles on a suite as it is used: prints what is stored and what memory it takes.

    python -m tests.hostile.grow 2000

A cycle is a network service of three VNFs and a VNF of its own: made, brought up, ended,
deleted."""

from __future__ import annotations

import pathlib
import sys
import tempfile
import time

import psutil

from mano.store import Database, Store
from mano.suite import credentials, postgresql
from tests.api import sample_packages
from tests.bench import cost, suite
from tests.hostile import cycles
from tests.running import Api

KEPT = {
    "MANO_RETENTION_HISTORY": "60",
    "MANO_RETENTION_MESSAGES": "120",
    "MANO_PACKAGE_SIGNATURES": "off",
}
SERVICES = ("nfvo", "vnfm", "vim-simulated")
LINES = 20  # that are printed
MIB = 2**20
VNFD = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0001"


def main(count: int) -> None:
    """Leads the cycles, and prints a line every so often."""
    with tempfile.TemporaryDirectory(prefix="mano-grow.") as folder:
        running = suite.Embedded(pathlib.Path(folder) / "data", KEPT)
        running.start()
        try:
            _run(running, count, pathlib.Path(folder))
        finally:
            running.remove()


def _run(running: suite.Embedded, count: int, folder: pathlib.Path) -> None:
    api = _client(running)
    api.vim()
    sample_packages.onboard(api, sample_packages.build(folder))
    began = time.monotonic()
    print(f"{'cycles':>7} {'s':>6} {'rows':>7} {'database':>10} {'suite':>8} {'PostgreSQL':>11}")
    for number in range(count + 1):
        if number % max(1, count // LINES) == 0:
            api = _client(running)  # a token does not last for ever
            print(f"{number:7} {time.monotonic() - began:6.0f} {_sizes(running)}", flush=True)
        cycles.of_ns(api, sample_packages.NSD_ID)
        cycles.of_vnf(api, VNFD)
    time.sleep(int(KEPT["MANO_RETENTION_MESSAGES"]) * 1.3)
    print(f"  after {time.monotonic() - began:6.0f} {_sizes(running)}")
    print(dict(cycles.stored(_stores(running))))


def _client(running: suite.Embedded) -> Api:
    own = credentials.look(running.data)
    assert own is not None
    return Api(running.roots["nfvo"], running.roots["vnfm"], own["clientId"], own["clientSecret"])


def _stores(running: suite.Embedded) -> dict[str, Store]:
    database = Database(postgresql.Server(running.data).url, connections=1)
    return {name: Store(database, name) for name in SERVICES}


def _sizes(running: suite.Embedded) -> str:
    stores = _stores(running)
    with stores["nfvo"].begin() as tx:
        size = tx.execute("SELECT pg_database_size(current_database())").scalar()
    assert running.process is not None
    memory = psutil.Process(running.process.pid).memory_info().rss
    server = cost.pss([postgresql.Server(running.data).pid() or 0])
    return (
        f"{sum(cycles.stored(stores).values()):7} {size / MIB:6.1f} MiB"
        f" {memory / MIB:4.0f} MiB {server / MIB:7.0f} MiB"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
