# SPDX-License-Identifier: Apache-2.0
"""This machine's agent, as the embedded suite keeps it: started, found again, started anew."""

from __future__ import annotations

import importlib.util
import logging
import os
import pathlib
import subprocess
import sys
import time

import psutil

from mano.suite import logs, paths, processes

log = logging.getLogger(__name__)
# Seconds before a new start, by how often it died soon after the last.
BACKOFF = (0.0, 0.5, 1.0, 2.0, 5.0)
SOON = 10.0  # seconds


class Agent:
    """The agent that makes this machine an NFVI host.

    It is a session of its own: it outlives the suite and attaches to the next.
    """

    def __init__(self, data: pathlib.Path, host: str):
        self.data, self.host = data, host
        self.state = paths.agent_state(data)
        self.process: psutil.Process | None = None
        self.child: subprocess.Popen[bytes] | None = None
        self.started = self.not_before = 0.0
        self.failures = 0

    def watch(self) -> None:
        """Starts the agent if none runs; to be called again and again."""
        if self.child is not None:
            self.child.poll()  # reaps it
        if self._runs() or time.monotonic() < self.not_before:
            return
        self.process = processes.look(next(iter(processes.find(_marks(self.data))), None))
        if self.process is None:
            stop(self.data)  # one that looks for us by another path, where we were before
            self._start()

    def abandon(self) -> None:
        """Ends the agent if it was us who started it."""
        if self.child is not None:
            processes.end(self.child.pid, 5)
            self.child.wait()

    def _runs(self) -> bool:
        return self.process is not None and processes.runs(self.process)

    def _start(self) -> None:
        self._count_failures()
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with logs.append(paths.agent_log(self.data)) as out:
            self.child = subprocess.Popen(
                command(self.data, self.host),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd="/",
                env=environment(),
            )
        self.process = processes.look(self.child.pid)

    def _count_failures(self) -> None:
        now = time.monotonic()
        if self.started:
            self.failures = self.failures + 1 if now - self.started < SOON else 0
            log.warning(
                "the agent of %s is not running and is started again; see %s",
                self.host,
                paths.agent_log(self.data),
            )
        self.started, self.not_before = now, now + BACKOFF[min(self.failures, len(BACKOFF) - 1)]


def installed() -> bool:
    """Whether the agent can be started."""
    return importlib.util.find_spec("dataplane_agent") is not None


def command(data: pathlib.Path, host: str) -> list[str]:
    """The agent's command line."""
    return [
        *program("run"),
        *("--host", host),
        *("--bus", f"unix://{paths.agent_socket(data)}"),
        *_marks(data),
    ]


def program(command: str) -> list[str]:
    """How a command of the agent's is called."""
    return [sys.executable, "-P", "-m", "dataplane_agent", command]


def environment() -> dict[str, str]:
    """The environment for the agent: Debian keeps nft and others where users do not look."""
    return {**os.environ, "PATH": os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"}


def find(data: pathlib.Path) -> int | None:
    """The pid of the agent that works for a data directory, whoever started it."""
    return next(iter(_pids(data)), None)


def stop(data: pathlib.Path) -> None:
    """Ends the agent; what it has set up stays."""
    for pid in _pids(data):
        processes.end(pid, 5)


def _pids(data: pathlib.Path) -> list[int]:
    """Of the agent that bears our marks; or of who holds its lock, by whatever path it was
    started."""
    holder = processes.holder_of(paths.agent_state(data) / "lock")
    return processes.find(_marks(data)) or ([holder] if holder else [])


def _marks(data: pathlib.Path) -> list[str]:
    """The part of its command line by which this agent, and no other, is recognised."""
    return ["--state", str(paths.agent_state(data))]
