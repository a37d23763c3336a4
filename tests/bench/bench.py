# SPDX-License-Identifier: Apache-2.0
"""What a figure measures on."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench import cost, suite
from tests.bench.results import Result


class Skipped(Exception):
    """A figure that cannot be measured here; says why."""


@dataclass
class Bench:
    """A suite that runs, a folder for files, how often to repeat."""

    suite: suite.Embedded
    folder: pathlib.Path
    rounds: int
    results: dict[str, list[Result]] = field(default_factory=dict)  # by figure, measured before

    def costs(self, work: Callable[[], float]) -> tuple[list[float], float]:
        """The values of the rounds and the suite's CPU seconds per round.

        One round more goes before, to warm up.
        """
        work()
        before = cost.cpu(self.suite.pids())
        values = [work() for _ in range(self.rounds)]
        return values, (cost.cpu(self.suite.pids()) - before) / self.rounds


def milliseconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
