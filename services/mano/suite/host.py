# SPDX-License-Identifier: Apache-2.0
"""The agent of this machine as the embedded suite keeps it: started once, found again, started anew
when it dies."""

from __future__ import annotations

import importlib.util
import logging
import os
import pathlib
import subprocess
import sys
import time

from mano.suite import places, processes

log = logging.getLogger(__name__)
BACKOFF = (
    0.0,
    0.5,
    1.0,
    2.0,
    5.0,
)  # seconds before a new start, by how often it died soon after the last
SOON = 10.0


class Host:
    """This machine as an NFVI host. The agent is a session of its own: it outlives the suite and
    attaches to the next."""

    def __init__(self, data: pathlib.Path, name: str):
        self.data, self.name = data, name
        self.state = places.agent_state(data)
        self.process: subprocess.Popen[bytes] | None = None
        self.pid: int | None = None
        self.started = self.not_before = 0.0
        self.failures = 0

    def watch(self) -> None:
        """Starts the agent if none runs; to be called again and again."""
        if self.process is not None:
            self.process.poll()  # reaps it
        if processes.alive(self.pid) or time.monotonic() < self.not_before:
            return
        self.pid = find(self.data)
        if self.pid is None:
            self._start()

    def _start(self) -> None:
        now = time.monotonic()
        if self.started:
            self.failures = self.failures + 1 if now - self.started < SOON else 0
            log.warning(
                "the agent of %s is not running and is started again; see %s",
                self.name,
                self.data / "agent.log",
            )
        self.started, self.not_before = now, now + BACKOFF[min(self.failures, len(BACKOFF) - 1)]
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.data / "agent.log").open("ab") as out:
            self.process = subprocess.Popen(
                command(self.data, self.name),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                cwd="/",
                env=environment(),
            )
        self.pid = self.process.pid


def installed() -> bool:
    """Whether the agent can be started."""
    return importlib.util.find_spec("dataplane_agent") is not None


def command(data: pathlib.Path, name: str) -> list[str]:
    """The agent's command line."""
    return [
        sys.executable,
        "-m",
        "dataplane_agent",
        "run",
        "--host",
        name,
        "--bus",
        f"unix://{places.agent_socket(data)}",
        *_marks(data),
    ]


def environment() -> dict[str, str]:
    """The environment for the agent: Debian keeps nft and others where ordinary users do not
    look."""
    return {**os.environ, "PATH": os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"}


def find(data: pathlib.Path) -> int | None:
    """The pid of the agent that works for a data directory, whoever started it."""
    found = processes.find(_marks(data))
    return found[0] if found else None


def stop(data: pathlib.Path) -> None:
    """Ends the agent; what it has set up stays."""
    for pid in processes.find(_marks(data)):
        processes.end(pid, 5)


def _marks(data: pathlib.Path) -> list[str]:
    """The part of its command line by which this agent, and no other, is recognised."""
    return ["--state", str(places.agent_state(data))]
