# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.bench`: measures the figures and prints a table."""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import tempfile
from collections.abc import Iterator

from rich.console import Console

from tests.bench import figures, results, suite

REPORT = suite.ROOT / "build" / "bench.json"


def main() -> None:
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", help=f"comma-separated: {', '.join(figures.FIGURES)}")
    parser.add_argument("--rounds", type=int, default=12, help="how often each is repeated")
    parser.add_argument(
        "--json", type=pathlib.Path, default=REPORT, help="JSON lines are appended to this file"
    )
    given = parser.parse_args()
    wanted = given.only.split(",") if given.only else list(figures.FIGURES)
    if unknown := set(wanted) - set(figures.FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    console = Console(stderr=True)
    with running() as (folder, measured), console.status("") as status:
        bench = figures.Bench(measured, folder, given.rounds)
        for name in wanted:
            status.update(f"measuring {name} …")
            try:
                bench.done[name] = figures.FIGURES[name](bench)
            except figures.Skipped as why:
                console.print(f"{name} is left out: {why}")
    results.show([result for found in bench.done.values() for result in found], given.json)


@contextlib.contextmanager
def running() -> Iterator[tuple[pathlib.Path, suite.Embedded]]:
    """An embedded suite in a folder that does not outlive it."""
    with tempfile.TemporaryDirectory(prefix="mano-bench-") as name:
        folder = pathlib.Path(name)
        measured = suite.Embedded(folder / "suite")
        try:
            measured.start()
            yield folder, measured
        finally:
            measured.remove()


if __name__ == "__main__":
    main()
