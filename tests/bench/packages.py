# SPDX-License-Identifier: Apache-2.0
"""Figures of packages: read by the toolchain, onboarded by the suite."""

from __future__ import annotations

from descriptors import pool
from tests.bench import cost, samples
from tests.bench.bench import Bench, milliseconds
from tests.bench.results import Result


def read(bench: Bench) -> list[Result]:
    """From the path of a CSAR to the model, in a child of the pool.

    One it never saw ("cold": the child runs, its parser is loaded), the same again ("warm"), and
    the most memory such a child took.
    """
    name, file = samples.package(bench.folder)
    cold, warm, memory = [], [], []
    for _ in range(bench.rounds):
        reader = pool.Pool()
        try:
            reader.warm()
            cold.append(milliseconds(lambda reader=reader: reader.read(file)))
            warm += [milliseconds(lambda reader=reader: reader.read(file)) for _ in range(3)]
            memory.append(max(cost.peak(pid) for pid in reader.pids()) / 2**20)
        finally:
            reader.close()
    return [
        Result(f"read {name}, CSAR to model in the pool, cold", "ms", 60, cold),
        Result("… warm", "ms", 30, warm),
        Result("… most memory of the child", "MB", 128, memory),
    ]


def onboard(bench: Bench) -> list[Result]:
    """A VNF package, PUT of its content to ONBOARDED."""
    nfvo = bench.suite.client("nfvo")
    name, file = samples.package(bench.folder)

    def once() -> float:
        id, _, seconds = samples.onboard(nfvo, file)
        samples.drop_package(nfvo, id)
        return seconds * 1000

    values, cpu = bench.costs(once)
    return [Result(f"onboard {name}, PUT to ONBOARDED, warm", "ms", 50, values, cpu)]
