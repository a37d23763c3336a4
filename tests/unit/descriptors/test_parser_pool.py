# SPDX-License-Identifier: Apache-2.0
"""Reading in a child process: the same answers, and whatever happens to the child happens to it
alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_packages import VNFD, Make, rules

import descriptors
from descriptors.pool import Pool

SLOW = VNFD.replace(
    "provider: { default: me }",
    'provider: { type: string, default: me, constraints: [ pattern: "(a|aa)+$" ] }',
).replace(
    "    VNF: { type: test.VNF }",
    "    VNF: { type: test.VNF, properties: { provider: " + "a" * 60 + "! } }",
)


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


def children() -> set[int]:
    """The pool's children of this process."""
    processes = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if (
                int(words[1]) == os.getpid()
                and words[0] != "Z"
                and b"descriptors.child" in (entry / "cmdline").read_bytes()
            ):
                processes.add(int(entry.name))
        except OSError:
            continue
    return processes


def test_the_child_answers_what_reading_here_answers(pool: Pool, make: Make) -> None:
    good, bad = make(), make(vnfd="a: [")
    assert pool.read(good) == descriptors.read(good)
    assert pool.read(bad) == descriptors.read(bad)


def test_the_parent_never_loads_the_parser(make: Make) -> None:
    code = (
        "import sys; from descriptors.pool import Pool; pool = Pool(); assert "
        "pool.read(sys.argv[1]).ok; pool.close(); "
        "print('toscaparser' in sys.modules)"
    )
    above = str(Path(descriptors.__file__).parent.parent)
    process = subprocess.run(
        [sys.executable, "-c", code, str(make())],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": above},
    )
    assert process.stdout.strip() == "False"


def test_a_package_that_keeps_the_parser_busy_is_given_up(make: Make) -> None:
    pool = Pool(timeout=2)
    slow = pool.read(make(vnfd=SLOW))
    assert rules(slow) == {"parser-timeout"}
    assert children() == set()
    assert pool.read(make()).ok
    pool.close()


def test_a_package_that_uses_too_much_cpu_ends_the_child(make: Make) -> None:
    pool = Pool(timeout=30, cpu=1)
    started = time.monotonic()
    assert rules(pool.read(make(vnfd=SLOW))) == {"parser-timeout"}
    assert time.monotonic() - started < 15
    pool.close()


def test_a_child_without_memory_is_a_finding(make: Make) -> None:
    pool = Pool(memory=1)
    assert rules(pool.read(make())) == {"parser-crash"}
    pool.close()


def test_a_killed_child_is_replaced_without_anybody_noticing(pool: Pool, make: Make) -> None:
    path = make()
    pool.warm()
    for _ in range(3):
        (child,) = children()
        os.kill(child, signal.SIGKILL)
        assert pool.read(path).ok


def test_an_idle_child_ends_by_itself_and_comes_back(make: Make) -> None:
    pool = Pool(idle=0.3)
    path = make()
    assert pool.read(path).ok
    deadline = time.monotonic() + 10
    while children():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert pool.read(path).ok
    pool.close()


def test_many_threads_share_the_children(make: Make) -> None:
    pool, path, good = Pool(workers=2), make(), []
    threads = [threading.Thread(target=lambda: good.append(pool.read(path).ok)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert good == [True] * 8
    assert len(children()) <= 2
    pool.close()
    assert children() == set()


@pytest.mark.parametrize(
    "answer",
    ['{"descriptor": {"id": 1}, "kind": "x"}', "[1]", '{"findings": [{"rule": 1}]}', "{", ""],
)
def test_a_child_that_was_taken_over_has_nothing_to_say_but_data(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    rogue = tmp_path / "rogue"
    request = (
        f"len({answer!r}).to_bytes(8, 'big') + {answer!r}.encode()"
        if answer
        else "b'\\x7f' + bytes(7)"
    )
    rogue.write_text(
        f"#!{sys.executable}\nimport sys, time\nsys.stdout.buffer.write({request})\n"
        "sys.stdout.flush()\ntime.sleep(5)\n"
    )
    rogue.chmod(0o755)
    path = make()
    monkeypatch.setattr(sys, "executable", str(rogue))
    pool = Pool(timeout=20)
    assert rules(pool.read(path)) == {"parser-crash"}
    pool.close()
