# SPDX-License-Identifier: Apache-2.0
"""`read` in child processes with limits, for services.

What a package does to its parser stays in the parser. A child is started when it is first needed
and ends by itself when it is idle. One that crashes, hangs or takes too much is ended and
becomes a finding; the next read gets a new one."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import queue
from collections.abc import Iterator
from pathlib import Path

from descriptors import package
from descriptors.children import Child
from descriptors.package import Limits, Package, Trust


class Pool:
    """Reads packages in up to `workers` children at once; safe to use from many threads.

    limits: what a package may ask for, None for what the environment says; timeout, cpu, memory:
    instead of those of the limits; idle: seconds without work after which a child ends; trust: what
    is asked of signatures, None to ask nothing; profile: by which packages are judged, None for
    what the environment says; folder: where packages lie, "" for anywhere: children can read
    nothing else, nor reach a network, as far as the kernel can forbid it."""

    def __init__(
        self,
        workers: int = 1,
        limits: Limits | None = None,
        timeout: float | None = None,
        cpu: int | None = None,
        memory: int | None = None,
        idle: float = 60,
        trust: Trust | None = None,
        profile: str | None = None,
        folder: str = "",
    ) -> None:
        self._trust, self._profile = trust, profile or package.profile(os.environ)
        self._limits = limits or package.limits(os.environ)
        self._timeout, self._cpu = timeout or self._limits.timeout, cpu or self._limits.cpu
        memory = memory or self._limits.memory
        anchors = [trust.anchors] if trust and trust.anchors else []
        self._children = [Child(self._cpu, memory, idle, folder, anchors) for _ in range(workers)]
        self._free: queue.LifoQueue[Child] = queue.LifoQueue()
        for child in self._children:
            self._free.put(child)

    def read(self, path: str | Path, draft: bool = False) -> Package:
        """As `descriptors.read`.

        A parser that crashed or hung is the finding parser-crash or parser-timeout. `draft`: as
        `building.read`, which also takes a folder that is yet to be built."""
        request = {
            "path": str(Path(path).absolute()),
            "limits": dataclasses.asdict(self._limits),
            "draft": draft,
            "profile": self._profile,
            "trust": dataclasses.asdict(self._trust) if self._trust else None,
        }
        with self._child() as child:
            try:
                return package.load(child.ask(request, self._timeout))
            except (KeyError, TypeError, AttributeError) as error:
                child.stop()  # one that was taken over has nothing to say
                message = f"the parser answered what is no package: {type(error).__name__}"
                return package.failed(path, "parser-crash", message)
            except TimeoutError:
                limit = f"{self._timeout:g} s or {self._cpu} s of CPU time"
                hint = f"{package.raising('timeout')}, or {package.setting('cpu')}"
                message = f"was not read within {limit}"
                return package.failed(path, "parser-timeout", message, hint)
            except ChildProcessError as error:
                hint = package.raising("memory")
                return package.failed(path, "parser-crash", str(error), hint)

    def warm(self) -> None:
        """Starts one child and has it load the parser, so that the first read is a quick one."""
        with (
            self._child() as child,
            contextlib.suppress(TimeoutError, ChildProcessError),  # the first read will say so
        ):
            child.ask({"path": "", "limits": {}}, self._timeout)

    def pids(self) -> list[int]:
        """The children that run."""
        return [child.pid for child in self._children if child.pid]

    def close(self) -> None:
        """Ends the children; a later read starts new ones."""
        for child in self._children:
            child.stop()

    @contextlib.contextmanager
    def _child(self) -> Iterator[Child]:
        child = self._free.get()
        try:
            yield child
        finally:
            self._free.put(child)
