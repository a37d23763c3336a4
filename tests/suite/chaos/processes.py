# SPDX-License-Identifier: Apache-2.0
"""Processes that are killed, and started again after a pause, as a supervisor would."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

PATHS = os.pathsep.join(filter(None, sys.path))


class Process:
    """A program that is to be kept running: `kill` ends it at once, `start` begins it anew."""

    def __init__(
        self, name: str, arguments: list[str], environment: dict[str, str], folder: pathlib.Path
    ):
        self.name, self.arguments, self.log = name, arguments, folder / f"{name}.log"
        self.environment = {**os.environ, **environment}
        self.process: subprocess.Popen[bytes] | None = None
        self.guard = threading.Lock()
        self.fell: list[str] = []  # how it ended by itself, which nobody asked for

    def start(self) -> None:
        """Starts it."""
        with self.guard, self.log.open("ab") as out:
            if self.process is None:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", *self.arguments],
                    env=self.environment,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )

    def kill(self) -> bool:
        """kill -9; whether there was something to kill."""
        with self.guard:
            if self.process is None or self.process.poll() is not None:
                return False
            self.process.kill()
            self.process.wait()
            self.process = None
            return True

    def stop(self) -> None:
        """Asks it to end, and waits."""
        with self.guard:
            if self.process is None:
                return
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                self.fell.append(f"{self.name} did not end within 20 s of SIGTERM; see {self.log}")
            self.process = None

    def revive(self) -> None:
        """Notes that it has ended by itself, if it has, and starts it again."""
        with self.guard:
            code = None if self.process is None else self.process.poll()
            if code is None:
                return
            self.fell.append(f"{self.name} ended by itself with status {code}: {tail(self.log)}")
            self.process = None
        self.start()


class Supervisor:
    """Starts again what was killed, after a pause, and what ended by itself."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes
        self.timers: list[threading.Timer] = []
        self.failed: list[str] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self.thread.start()

    def stop(self) -> None:
        """From now on what ends has ended."""
        self.stopping.set()
        self.thread.join()

    def later(self, pause: float, name: str, start: Callable[[], None]) -> None:
        """Starts it after the pause, in a thread of its own: some take seconds."""

        def begin() -> None:
            try:
                start()
            except Exception as error:
                self.failed.append(f"{name} could not be started again: {error}")

        timer = threading.Timer(pause, begin)
        timer.daemon = True
        self.timers.append(timer)
        timer.start()

    def settle(self) -> None:
        """Returns when all that was killed was started again."""
        for timer in self.timers:
            timer.join()
        self.timers = []

    def _watch(self) -> None:
        while not self.stopping.wait(0.3):
            for process in self.processes:
                process.revive()


def kill(pid: int | None) -> bool:
    """kill -9 of a process that somebody else started; whether it ran."""
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def marked(name: str, value: str) -> dict[int, dict[str, str]]:
    """The processes whose environment has `name` set to the value: pid -> environment."""
    found = {}
    mark = f"{name}={value}".encode()
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "environ").read_bytes().split(b"\0")
            if mark in words:
                found[int(entry.name)] = dict(
                    word.decode(errors="replace").partition("=")[::2] for word in words if word
                )
    return found


def vnfcs(state: pathlib.Path) -> dict[int, str]:
    """The processes that an agent has started: pid -> id of the compute."""
    return {
        pid: words["MANO_COMPUTE"]
        for pid, words in marked("MANO_STATE", str(state)).items()
        if "MANO_COMPUTE" in words
    }


def until(fits: Callable[[], bool], patience: float, pause: float = 0.1) -> bool:
    """Waits until it fits; False if it does not in time."""
    end = time.monotonic() + patience
    while not fits():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def tail(file: pathlib.Path, count: int = 5) -> str:
    """The last lines of a log."""
    with contextlib.suppress(OSError):
        return "\n".join(file.read_text(errors="replace").splitlines()[-count:])
    return ""
