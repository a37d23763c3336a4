# SPDX-License-Identifier: Apache-2.0
"""Starting the embedded suite in the background."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import time

from mano.suite import logs, paths, running

PATIENCE = 60.0  # seconds until it must answer
LOOK_EVERY = 0.01  # seconds
SHOWN = 5  # lines of its log, if it ends instead


def start(data: pathlib.Path) -> running.Record:
    """Returns when the suite answers; RuntimeError with its own words if it ends instead.

    The data directory was claimed."""
    previous = running.read(data).get("started")
    log = paths.suite_log(data)
    with logs.append(log) as out:
        begin = out.tell()
        suite = subprocess.Popen(
            [sys.executable, "-P", "-m", "mano", "up", "--data", str(data), "--log", str(log)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
        )
    deadline = time.monotonic() + PATIENCE
    while (record := running.read(data)).get("started") == previous:
        if suite.poll() is not None:
            raise RuntimeError(_last_words(log, begin) or f"it ended at once; see {log}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"it did not answer within {PATIENCE:.0f} s; see {log}")
        time.sleep(LOOK_EVERY)
    return record


def _last_words(log: pathlib.Path, begin: int) -> str:
    with log.open(errors="replace") as stream:
        stream.seek(begin)
        lines = stream.read().strip().splitlines()
    return "\n".join(lines[-SHOWN:]).removeprefix("mano: ")
