# SPDX-License-Identifier: Apache-2.0
"""`read` in child processes with limits, for services: what a package does to its parser stays in
the parser.

A child is `python -m descriptors.pool`, started when it is first needed; it keeps the parser warm
and ends by itself after `idle` seconds without work or when its parent is gone. Both speak JSON
with a length before it. A child that crashes, hangs or takes too much is ended and becomes a
finding; the next read gets a new one."""

from __future__ import annotations

import dataclasses
import json
import os
import queue
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any, BinaryIO

from descriptors import package
from descriptors.package import Finding, Limits, Package, Trust

LARGEST = 2**30  # bytes: no limit may be set higher
_LENGTH = struct.Struct(">Q")


class Pool:
    """Reads packages in up to `workers` children at once; safe to use from many threads.

    limits: what a package may ask for, None for what the environment says; timeout, cpu, memory:
    instead of those of the limits; idle: seconds without work after which a child ends; trust: what
    is asked of signatures, None to ask nothing."""

    def __init__(
        self,
        workers: int = 1,
        limits: Limits | None = None,
        timeout: float | None = None,
        cpu: int | None = None,
        memory: int | None = None,
        idle: float = 60,
        trust: Trust | None = None,
    ) -> None:
        self._trust = trust
        self._limits = limits or package.limits(os.environ)
        self._timeout, self._cpu = timeout or self._limits.timeout, cpu or self._limits.cpu
        memory = memory or self._limits.memory
        self._children: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._all = [_Child(self._cpu, memory, idle) for _ in range(workers)]
        for child in self._all:
            self._children.put(child)

    def read(self, path: str | Path, draft: bool = False) -> Package:
        """As `descriptors.read`; a parser that crashed or hung is the finding parser-crash or
        parser-timeout.

        `draft`: as `building.read`, which also takes a folder that is yet to be built.
        """
        request = {
            "path": str(Path(path).absolute()),
            "limits": dataclasses.asdict(self._limits),
            "draft": draft,
            "trust": dataclasses.asdict(self._trust) if self._trust else None,
        }
        child = self._children.get()
        try:
            return package.load(child.ask(request, self._timeout))
        except (
            KeyError,
            TypeError,
            AttributeError,
        ) as error:  # a child that was taken over has nothing to say
            child.stop()
            return _failed(
                path,
                "parser-crash",
                f"the parser answered what is no package: {type(error).__name__}",
                "",
            )
        except TimeoutError:
            return _failed(
                path,
                "parser-timeout",
                f"was not read within {self._timeout:g} s or {self._cpu} s of CPU time",
                f"{package.raising('timeout')}, or {package.setting('cpu')}",
            )
        except ChildProcessError as error:
            return _failed(path, "parser-crash", str(error), package.raising("memory"))
        finally:
            self._children.put(child)

    def warm(self) -> None:
        """Starts one child and has it load the parser, so that the first read is a quick one."""
        child = self._children.get()
        try:
            child.ask({"path": "", "limits": {}}, self._timeout)
        except (TimeoutError, ChildProcessError):
            pass  # the first read will say so
        finally:
            self._children.put(child)

    def pids(self) -> list[int]:
        """The children that run."""
        return [child.pid for child in self._all if child.pid]

    def close(self) -> None:
        """Ends the children; a later read starts new ones."""
        for child in self._all:
            child.stop()


def _failed(path: str | Path, rule: str, message: str, hint: str) -> Package:
    return Package(findings=[Finding(rule, "error", Path(path).name, 0, 0, message, hint)])


class _Child:
    """One child process, started and started again as needed. Used by one thread at a time."""

    def __init__(self, cpu: int, memory: int, idle: float) -> None:
        self._settings = [str(cpu), str(memory), str(idle)]
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The child's answer. Raises TimeoutError, or ChildProcessError with how it ended."""
        deadline = time.monotonic() + timeout
        for last in (False, True):
            process = self._running()
            try:
                _send(process.stdin, request)
                return dict(_receive(process.stdout, deadline, LARGEST))
            except TimeoutError:
                self.stop()
                raise
            except (OSError, EOFError, ValueError) as error:
                status, words = self._how_it_ended()
                if status == -signal.SIGXCPU:
                    raise TimeoutError from error
                if last:  # once is bad luck: it was idle too long, or somebody killed it
                    raise ChildProcessError(words) from error
        raise AssertionError("unreachable")

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return (
            self._process.pid
            if self._process is not None and self._process.poll() is None
            else None
        )

    def stop(self) -> None:
        """Ends the child and waits for it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, self._errors):
                if stream is not None:
                    _close(stream)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.stop()
        above = str(Path(__file__).resolve().parent.parent)
        paths = [above, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "descriptors.pool", *self._settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
        )
        return self._process

    def _how_it_ended(self) -> tuple[int, str]:
        """The exit status of a child that is gone, and its last words."""
        process, errors = self._process, self._errors
        assert process is not None and errors is not None
        try:
            status = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - 300))
        said = errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        self.stop()
        return status, " ".join([f"the parser ended twice, at last with status {status}", *said])


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        pass  # unsent bytes for a child that is gone


def _send(stream: IO[bytes] | None, value: Any) -> None:
    data = json.dumps(value, default=str).encode()
    assert stream is not None
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes] | None, deadline: float | None, most: int = 0) -> Any:
    """The next value, of at `most` so many bytes. Raises EOFError at the end of the stream and
    TimeoutError after the deadline."""
    assert stream is not None
    (length,) = _LENGTH.unpack(_exactly(stream.fileno(), _LENGTH.size, deadline))
    if most and length > most:
        raise ValueError(f"an answer of {length} bytes")
    return json.loads(_exactly(stream.fileno(), length, deadline))


def _exactly(fd: int, size: int, deadline: float | None) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        if not poll.poll(None if left is None else left * 1000):
            raise TimeoutError
        piece = os.read(fd, min(size - len(pieces), 1 << 20))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)


def main(cpu: int, memory: int, idle: float) -> None:
    """The child: answers requests from stdin on stdout until both end or nothing comes for `idle`
    seconds."""
    from descriptors import building, reading

    answers: BinaryIO = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    resource.setrlimit(resource.RLIMIT_AS, (memory * 2**20, memory * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    while True:
        try:
            request = _receive(sys.stdin.buffer, time.monotonic() + idle)
        except (TimeoutError, EOFError):
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(
            resource.RLIMIT_CPU,
            (int(used.ru_utime + used.ru_stime) + 1 + cpu, resource.RLIM_INFINITY),
        )
        try:
            answer = _answer(building.read if request.get("draft") else reading.read, request)
        except MemoryError:
            sys.exit(f"it needs more than the {memory} MiB of the limit `memory`")
        most = int(request["limits"].get("answer", LARGEST))
        _send(
            answers,
            answer
            if len(json.dumps(answer, default=str)) <= most
            else _too_much(request["path"], most),
        )


def _too_much(path: str, most: int) -> dict[str, Any]:
    return _failed(
        path,
        "parser-limit",
        f"what is read of it takes more than the {most} bytes of the limit `answer`",
        package.raising("answer"),
    ).to_dict()


def _end_with(parent: int) -> None:
    """Ends this child when its parent is gone, also in the middle of a read."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _answer(read: Any, request: dict[str, Any]) -> dict[str, Any]:
    if not request[
        "path"
    ]:  # to be warm before there is something to read; else the first read does it
        from descriptors.tosca import grammar

        grammar.warm()
        return Package().to_dict()
    found: Package = read(request["path"], Limits(**request["limits"]))
    if request["trust"]:
        from descriptors.archive import verifying

        verifying.apply(
            found, request["path"], Trust(**request["trust"]), Limits(**request["limits"])
        )
    return found.to_dict()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
