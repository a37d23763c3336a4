# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.bench.profiling vnf`: where the suite's time goes while one figure is measured.

Writes the stacks that py-spy has seen at work to build/ (speedscope.app shows them as a flame
graph), and prints the functions and the SQL statements that take most. The statements are counted
within the suite, by a wrapper that this module puts around them: it starts the suite as `python -m
tests.bench.profiling --suite …`."""

from __future__ import annotations

import argparse
import atexit
import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench import figures, suite
from tests.bench.bench import Bench

SHOWN = 45
Counts = dict[str, list[float]]  # statement: [how often, seconds]


class Profiled(suite.Embedded):
    """A suite that counts its statements and writes them, when it ends, to `statements`."""

    @property
    def statements(self) -> pathlib.Path:
        return self.data.parent / "statements.json"

    def command(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "tests.bench.profiling",
            "--suite",
            str(self.statements),
            str(self.data),
        ]


def profile(what: str, rounds: int) -> None:
    """Measures a figure under py-spy."""
    build = suite.ROOT / "build"
    build.mkdir(exist_ok=True)
    stacks = build / f"profile-{what}.txt"
    with tempfile.TemporaryDirectory(prefix="mano-profile-") as name:
        measured = Profiled(pathlib.Path(name) / "suite")
        try:
            measured.start()
            bench = Bench(measured, pathlib.Path(name), rounds)
            figures.FIGURES[what](Bench(measured, pathlib.Path(name), 1))  # warm
            os.kill(measured.pids()[0], signal.SIGUSR1)  # count from here
            spy = _spy(measured.pids()[0], stacks)
            time.sleep(1)
            results = figures.FIGURES[what](bench)
            spy.send_signal(signal.SIGINT)
            spy.wait()
        finally:
            measured.stop()
            statements: Counts = (
                json.loads(measured.statements.read_text()) if measured.statements.exists() else {}
            )
            measured.remove()
    console = Console(width=150)
    console.print(_functions(stacks), highlight=False)
    console.print(_statements(statements))
    for result in results:
        console.print(
            f"{result.what}: {result.median:.1f} {result.unit}, "
            f"{(result.cpu or 0) * 1000:.1f} CPU-ms (while being profiled)"
        )
    console.print(f"stacks: {stacks}")


def count_statements(file: pathlib.Path) -> None:
    """From now on every statement of this process is counted; SIGUSR1 begins anew; at the end the
    counts are written."""
    from mano.store.statements import Rows
    from mano.store.transaction import Transaction

    counts: Counts = collections.defaultdict(lambda: [0, 0.0])
    execute, commit = Transaction.execute, Transaction.commit

    def counted(what: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        try:
            return work()
        finally:
            entry = counts[what]
            entry[0] += 1
            entry[1] += time.perf_counter() - began

    def counting_execute(tx: Transaction, sql: str, /, **values: Any) -> Rows:
        rows: Rows = counted(
            re.sub(r"\s+", " ", sql.replace("{s}", tx.schema)), lambda: execute(tx, sql, **values)
        )
        return rows

    def counting_commit(tx: Transaction) -> None:
        counted(f"COMMIT {tx.schema}", lambda: commit(tx))

    Transaction.execute = counting_execute  # type: ignore[method-assign]
    Transaction.commit = counting_commit  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, lambda *_: counts.clear())
    atexit.register(lambda: file.write_text(json.dumps(counts)))


def _spy(pid: int, file: pathlib.Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            str(pathlib.Path(sys.executable).parent / "py-spy"),
            "record",
            "-p",
            str(pid),
            "-r",
            "200",
            "-d",
            "3600",
            "--gil",
            "-f",
            "raw",
            "-o",
            str(file),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _functions(stacks: pathlib.Path) -> str:
    shares: collections.Counter[str] = collections.Counter()
    within: collections.Counter[str] = collections.Counter()
    total = 0
    for line in stacks.read_text().splitlines():
        stack, _, number = line.rpartition(" ")
        frames = [re.sub(r":\d+\)$", ")", frame) for frame in stack.split(";")]
        total += int(number)
        shares[frames[-1]] += int(number)
        for frame in set(frames):
            within[frame] += int(number)

    def listed(title: str, counts: collections.Counter[str]) -> str:
        return "\n".join(
            [
                f"[bold]{title}[/]",
                *(
                    f"{100 * much / total:5.1f} %  {name}"
                    for name, much in counts.most_common(SHOWN)
                ),
            ]
        )

    return "\n\n".join(
        (listed("functions with what they call", within), listed("functions themselves", shares))
    )


def _statements(counts: Counts) -> Table:
    table = Table(
        title=f"{sum(entry[0] for entry in counts.values()):.0f} statements", box=box.SIMPLE
    )
    for name in ("count", "ms", "statement"):
        table.add_column(name, justify="left" if name == "statement" else "right")
    for statement, (number, seconds) in sorted(counts.items(), key=lambda item: -item[1][1])[
        :SHOWN
    ]:
        table.add_row(f"{number:.0f}", f"{seconds * 1000:.0f}", statement[:190])
    return table


def main() -> None:
    """The suite under the profiler, or the profiler."""
    if sys.argv[1:2] == ["--suite"]:
        count_statements(pathlib.Path(sys.argv[2]))
        from mano.cli import main as mano

        sys.argv = ["mano", "up", "--data", sys.argv[3]]
        mano()
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profiling", description=__doc__)
    parser.add_argument("what", choices=list(figures.FIGURES))
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    profile(options.what, options.rounds)


if __name__ == "__main__":
    main()
