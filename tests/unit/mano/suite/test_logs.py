# SPDX-License-Identifier: Apache-2.0
"""Logs do not grow for ever."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

from mano.suite import logs

# Logs a line that is as long as a log may be, and more; and an error that nobody catches.
SUITE = """
import logging, pathlib, sys
from mano.suite import logs
logs.LIMIT = 1000
logs.set_up(file=pathlib.Path(sys.argv[1]))
logging.info("a" * 990)
logging.info("b" * 990)
raise RuntimeError("nobody expects this")
"""


def test_a_log_beyond_the_limit_is_begun_anew_at_the_next_start(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "agent.log"
    log.write_bytes(b"x" * (logs.LIMIT + 1))
    logs.append(log).close()
    assert log.stat().st_size == 0
    assert (tmp_path / "agent.log.1").stat().st_size == logs.LIMIT + 1


def test_a_log_below_the_limit_goes_on(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "agent.log"
    log.write_text("before\n")
    with logs.append(log) as out:
        out.write(b"after\n")
    assert log.read_text() == "before\nafter\n"
    assert list(tmp_path.iterdir()) == [log]


def test_a_running_suite_begins_a_new_log_and_its_last_words_are_in_it(
    tmp_path: pathlib.Path,
) -> None:
    log = tmp_path / "mano.log"
    with logs.append(log) as out:
        suite = subprocess.run(
            [sys.executable, "-c", SUITE, str(log)],
            stdout=out,
            stderr=out,
            env={"PYTHONPATH": ":".join(sys.path)},
            check=False,
        )
    assert suite.returncode == 1
    assert "aaaa" in (tmp_path / "mano.log.1").read_text()
    assert "bbbb" in log.read_text()
    assert "nobody expects this" in log.read_text()


def test_a_log_that_grows_too_long_is_begun_anew_under_the_process_that_writes_it(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LIMIT", 1000)
    log = tmp_path / "pg.log"
    with logs.append(log) as out:
        for number in range(100):
            out.write(f"line {number} of many of them\n".encode())
            out.flush()
            logs.shorten(log)
        assert log.read_bytes().endswith(b"line 99 of many of them\n")
    sizes = [file.stat().st_size for file in tmp_path.iterdir()]
    assert len(sizes) == 2 and max(sizes) <= 1100
