# SPDX-License-Identifier: Apache-2.0
"""Reads RUNS mutated packages in this process and says what went wrong: exit status 1 if anything
did."""

from __future__ import annotations

import collections
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import descriptors
from descriptors import comparing, model, package, reading
from descriptors.commands import tables, trees
from descriptors.tosca import grammar
from tests.fuzz import corpus, mutations
from tests.fuzz.guard import Guard

LIMIT = 10.0  # seconds of CPU time one input may take
WAIT = 60.0  # seconds of any time: for what waits instead of working
MEMORY_DISK = "/dev/shm"
MEMORY = 1024  # MiB, as a child of the pool has


EXAMPLES = 5  # inputs of a kind of failure that are kept
_STOPPED: list[bool] = []  # SIGTERM: what was found so far is reported


class Hang(BaseException):
    """An input took longer than LIMIT. Not an Exception, so that nothing on the way keeps it."""


def main(runs: int, seed: int, keep: Path) -> int:
    """Every input depends only on the seed and its number; those that fail are kept as files of
    that name."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY * 2**20, MEMORY * 2**20))
    signal.signal(signal.SIGVTALRM, _hang)
    signal.signal(signal.SIGALRM, _hang)
    signal.signal(signal.SIGTERM, lambda *_: _STOPPED.append(True))
    seeds = corpus.seeds()
    failures: collections.Counter[str] = collections.Counter()
    rules: collections.Counter[str] = collections.Counter()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(
        prefix="fuzz-", dir=MEMORY_DISK if os.path.isdir(MEMORY_DISK) else None
    ) as folder:
        path = Path(folder) / "input.csar"
        guard = Guard(Path(folder))
        _warm(path, seeds)
        number = 0
        while number < runs and not _STOPPED:
            content = mutations.package(random.Random(f"{seed}/{number}"), seeds)
            path.write_bytes(content)
            why, findings = _try(path, guard)
            rules.update({finding.rule for finding in findings})
            if why:
                kind = why.splitlines()[-1]
                failures[kind] += 1
                if failures[kind] <= EXAMPLES:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{seed}-{number}.csar").write_bytes(content)
                    (keep / f"{seed}-{number}.txt").write_text(why)
            number += 1
            if number % 5_000 == 0:
                seconds = time.monotonic() - started
                print(
                    f"{number} inputs, {seconds:.0f} s, {sum(failures.values())} failures",
                    flush=True,
                )
    _report(number, seed, time.monotonic() - started, rules, failures)
    return int(bool(failures))


def _warm(path: Path, seeds: list[corpus.Files]) -> None:
    """Everything that is imported late is imported before the guard looks."""
    grammar.warm()
    for files in seeds:
        path.write_bytes(mutations._zip(random.Random(3), files))
        outcome = descriptors.read(path)
        _uses(outcome, package.load(outcome.to_dict()))


def _try(path: Path, guard: Guard) -> tuple[str, list[package.Finding]]:
    """What went wrong, "" if nothing did, and the findings."""
    guard.seen.clear()
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    signal.setitimer(signal.ITIMER_REAL, WAIT)
    guard.armed = True
    try:
        outcome = reading.read(path)
        again = package.load(outcome.to_dict())
        wrong = _uses(outcome, again)
    except Hang:
        return traceback.format_exc() + "\nhang", []
    except BaseException as error:
        return traceback.format_exc() + f"\nraised {type(error).__name__}", []
    finally:
        guard.armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    crashes = [finding.message for finding in outcome.findings if finding.rule == "parser-crash"]
    if crashes:
        return f"{crashes}\nour own mistake: {crashes[0][:120]}", outcome.findings
    if guard.seen:
        return f"{guard.seen}\nforbidden: {guard.seen[0][:120]}", outcome.findings
    return ("" if again == outcome else "\nload(to_dict(x)) is not x") or wrong, outcome.findings


def _uses(outcome: package.Package, again: package.Package) -> str:
    """What is done with every package that was read: it is shown and compared with itself; "" if
    all is well."""
    if outcome.kind is None or outcome.descriptor is None:
        return ""
    tables.summary(outcome)
    trees.tree(outcome)
    if isinstance(outcome.descriptor, model.Vnfd | model.Nsd) and (
        changes := comparing.packages(outcome, again).changes
    ):
        return f"\ndiff(x, x) is {changes[0]}"[:300]
    return ""


def _hang(*_: Any) -> None:
    raise Hang


def _report(
    runs: int,
    seed: int,
    seconds: float,
    rules: collections.Counter[str],
    failures: collections.Counter[str],
) -> None:
    print(
        f"{runs} inputs with seed {seed} in {seconds:.0f} s, {len(rules)} rules met: "
        + ", ".join(f"{rule} {count}" for rule, count in rules.most_common())
    )
    for why, count in failures.most_common():
        print(f"FAILED {count} times: {why}")
    print(f"{sum(failures.values())} failures")


if __name__ == "__main__":
    sys.exit(
        main(
            int(sys.argv[1]),
            int(sys.argv[2]) if len(sys.argv) > 2 else 1,
            Path(sys.argv[3]) if len(sys.argv) > 3 else Path("build/fuzz"),
        )
    )
