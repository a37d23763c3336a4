# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.bench`: measures the figures and prints a table."""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import sys
import tempfile
from collections.abc import Iterator

from rich.console import Console

from tests.bench import bench, figures, results, suite

REPORT = suite.ROOT / "build" / "bench.json"


def main() -> int:
    """Measures; 1 if a figure failed. One that fails does not lose the others."""
    options, names = arguments()
    console = Console(stderr=True)
    failures: dict[str, str] = {}
    with running() as (folder, embedded), console.status("") as status:
        measured = bench.Bench(embedded, folder, options.rounds)
        for name in names:
            status.update(f"measuring {name} …")
            try:
                measured.results[name] = figures.FIGURES[name](measured)
            except bench.Skipped as why:
                console.print(f"{name} is left out: {why}")
            except Exception as error:
                failures[name] = f"{type(error).__name__}: {error}"
    results.show([line for lines in measured.results.values() for line in lines], options.json)
    for name, why in failures.items():
        console.print(f"[red]{name} failed[/]: {why}")
    return 1 if failures else 0


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """The options, and the names of the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", help=f"comma-separated: {', '.join(figures.FIGURES)}")
    parser.add_argument("--rounds", type=int, default=12, help="how often each is repeated")
    parser.add_argument(
        "--json", type=pathlib.Path, default=REPORT, help="JSON lines are appended to this file"
    )
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(figures.FIGURES)
    if unknown := set(names) - set(figures.FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    return options, names


@contextlib.contextmanager
def running() -> Iterator[tuple[pathlib.Path, suite.Embedded]]:
    """An embedded suite in a folder that does not outlive it."""
    with tempfile.TemporaryDirectory(prefix="mano-bench-") as name:
        folder = pathlib.Path(name)
        embedded = suite.Embedded(folder / "suite")
        try:
            embedded.start()
            yield folder, embedded
        finally:
            embedded.remove()


if __name__ == "__main__":
    sys.exit(main())
