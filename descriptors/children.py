# SPDX-License-Identifier: Apache-2.0
"""A child process that reads, as its pool sees it: started as needed, asked, ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from descriptors import frames
from descriptors.frames import Document

_LAST_WORDS = 300  # bytes of its standard error


class Child:
    """Used by one thread at a time."""

    def __init__(
        self, cpu: int, memory: int, idle: float, folder: str = "", also: Sequence[str] = ()
    ) -> None:
        """`folder`: where packages lie; the child can read it and what is named `also`, else what
        this user can."""
        self._settings = [str(cpu), str(memory), str(idle), *([folder, *also] if folder else [])]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def ask(self, request: Document, timeout: float) -> Document:
        """The child's answer. Raises TimeoutError, or ChildProcessError with how it ended."""
        deadline = time.monotonic() + timeout
        for is_last in (False, True):
            process = self._running()
            try:
                frames.send(process.stdin, frames.pack(request))
                return frames.receive(process.stdout, deadline, frames.LARGEST)
            except TimeoutError:
                self.stop()
                raise
            except (OSError, EOFError, ValueError) as error:
                status, words = self._end()
                if status == -signal.SIGXCPU:
                    raise TimeoutError from error
                if is_last:  # once is bad luck: it was idle too long, or somebody killed it
                    raise ChildProcessError(words) from error
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Ends the child and waits for it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, self._errors):
            if stream is not None:
                with contextlib.suppress(OSError):  # unsent bytes for a child that is gone
                    stream.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = self._start()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed where the child is stopped
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "descriptors.child", *self._settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=self._environment(),
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        """Nothing of ours but where programs lie and how text is written: it may be read by what
        has taken over the parser."""
        names = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH")
        environment = {name: os.environ[name] for name in names if name in os.environ}
        above = str(Path(__file__).resolve().parent.parent)
        paths = [above, *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        return environment | ({"TMPDIR": self._folder} if self._folder else {})

    def _end(self) -> tuple[int, str]:
        """The exit status of a child that is gone, and its last words."""
        process, errors = self._process, self._errors
        assert process is not None and errors is not None
        try:
            status = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _LAST_WORDS))
        lines = errors.read().decode("utf-8", "replace").strip().splitlines()
        self.stop()
        words = [f"the parser ended twice, at last with status {status}", *lines[-1:]]
        return status, " ".join(words)
