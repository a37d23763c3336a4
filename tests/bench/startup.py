# SPDX-License-Identifier: Apache-2.0
"""Figures of a suite that starts, and of one that has nothing to do."""

from __future__ import annotations

import time

from tests.bench import cost, suite
from tests.bench.bench import Bench
from tests.bench.results import Result

SETTLE = 5.0  # seconds after which a suite that was started counts as idle
SECONDS = 5  # that an idle suite is looked at


def start(bench: Bench) -> list[Result]:
    """`mano up` to the first 200: on an empty folder, and again."""
    first, warm, costs = [], [], []
    for number in range(max(2, bench.rounds // 4)):
        other = suite.Embedded(bench.folder / f"start-{number}")
        try:
            first.append(other.start())
            other.stop()
            warm.append(other.start())
            costs.append(cost.cpu(other.pids()))
        finally:
            other.remove()
    return [
        Result("start of mano up to the first 200, warm", "s", 1.5, warm, sum(costs) / len(costs)),
        Result("… the very first", "s", 3, first),
    ]


def idle(bench: Bench) -> list[Result]:
    """Memory, and CPU per second, of a suite that has nothing to do."""
    time.sleep(SETTLE)
    before = cost.cpu(bench.suite.pids())
    values = []
    for _ in range(SECONDS):
        time.sleep(1)
        values.append(cost.pss(bench.suite.pids()) / 2**20)
    cpu = (cost.cpu(bench.suite.pids()) - before) / SECONDS
    return [Result("memory idle, sum of PSS (CPU: per second)", "MB", 120, values, cpu)]
