# SPDX-License-Identifier: Apache-2.0
"""Results: a line of the table each, also as JSON lines."""

from __future__ import annotations

import json
import pathlib
import statistics
import time
from dataclasses import asdict, dataclass, field

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench import cost


@dataclass
class Result:
    """One figure: `values` of the rounds in `unit`; `reach` is at the most (or, with `more`, at the
    least) this much."""

    what: str
    unit: str
    reach: float | None
    values: list[float]
    cpu: float | None = None  # seconds of the suite per item
    cpu_reach: float | None = None
    more: bool = False  # more is better
    times: float | None = None  # so many times the same figure of the embedded suite
    load: str = field(default_factory=cost.load)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def ratio(self) -> float | None:
        """Median to reach: at most 1 (with `more`: at least 1) is reached."""
        return None if not self.reach else self.median / self.reach

    @property
    def reached(self) -> bool:
        cheap = self.cpu_reach is None or self.cpu is None or self.cpu <= self.cpu_reach
        return cheap and (self.ratio is None or (self.ratio >= 1 if self.more else self.ratio <= 1))


def table(results: list[Result]) -> Table:
    """The figures for people."""
    report = Table(
        box=box.SIMPLE_HEAVY,
        caption=f"load average {cost.load()}; CPU: suite, PostgreSQL and agent",
        caption_justify="left",
    )
    report.add_column("what")
    for name in ("reach", "median", "spread", "CPU-ms per item", "to reach", "times embedded"):
        report.add_column(name, justify="right")
    for result in results:
        low, high = min(result.values), max(result.values)
        report.add_row(
            result.what,
            _reach(result),
            _number(result.median, result.unit),
            f"{_plain(low)} … {_plain(high)}",
            "" if result.cpu is None else f"{result.cpu * 1000:.1f}",
            ""
            if result.ratio is None
            else f"[{'green' if result.reached else 'red'}]{result.ratio:.2f}[/]",
            "" if result.times is None else f"{result.times:.2f}",
        )
    return report


def show(results: list[Result], file: pathlib.Path) -> None:
    """Prints the table and appends a JSON line per figure to the file."""
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=140)
    console.print(table(results))
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as out:
        for result in results:
            out.write(
                json.dumps(
                    {
                        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                        **asdict(result),
                        "median": result.median,
                        "ratio": result.ratio,
                    }
                )
                + "\n"
            )


def _reach(result: Result) -> str:
    if result.reach is None:
        return ""
    cpu = f", {result.cpu_reach * 1000:g} CPU-ms" if result.cpu_reach is not None else ""
    return f"{'≥' if result.more else '≤'} {_number(result.reach, result.unit)}{cpu}"


def _number(value: float, unit: str) -> str:
    return f"{_plain(value)} {unit}"


def _plain(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
