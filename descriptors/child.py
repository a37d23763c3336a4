# SPDX-License-Identifier: Apache-2.0
"""A child of a pool, `python -m descriptors.child`: reads what it is asked to, within limits.

It keeps the parser warm and ends by itself after `idle` seconds without work or when its parent is
gone."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from typing import BinaryIO

from descriptors import building, confinement, frames, package, reading
from descriptors.frames import Document
from descriptors.package import Limits, Package, Trust


def main(cpu: int, memory: int, idle: float, folder: str = "", *also: str) -> None:
    """Answers requests from stdin on stdout until both end or nothing comes for `idle` seconds.

    `folder`: where packages lie, and nothing but it and what is named `also` can be read."""
    answers: BinaryIO = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    resource.setrlimit(resource.RLIMIT_AS, (memory * 2**20, memory * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if folder:
        confinement.confine(folder, also)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    while True:
        try:
            request = frames.receive(sys.stdin.buffer, time.monotonic() + idle)
        except (TimeoutError, EOFError):
            return
        _allow(cpu)
        try:
            answer = frames.pack(_answer(request))
        except MemoryError:
            sys.exit(f"it needs more than the {memory} MiB of the limit `memory`")
        most = int(request["limits"].get("answer", frames.LARGEST))
        if len(answer) > most:
            answer = frames.pack(_too_much(request["path"], most))
        frames.send(answers, answer)


def _allow(cpu: int) -> None:
    """Sets the limit of CPU time to what was used up to now and `cpu` seconds more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(usage.ru_utime + usage.ru_stime) + 1 + cpu
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _answer(request: Document) -> Document:
    if not request["path"]:
        return _warm()
    limits = Limits(**request["limits"])
    read = building.read if request.get("draft") else reading.read
    answer = read(request["path"], limits, request.get("profile"))
    if request["trust"]:
        from descriptors.archive import verifying

        verifying.apply(answer, request["path"], Trust(**request["trust"]), limits)
    return answer.to_dict()


def _warm() -> Document:
    """Loads the parser before there is something to read; else the first read does it."""
    from descriptors.tosca import grammar

    grammar.warm()
    return Package().to_dict()


def _too_much(path: str, most: int) -> Document:
    message = f"what is read of it takes more than the {most} bytes of the limit `answer`"
    return package.failed(path, "parser-limit", message, package.raising("answer")).to_dict()


def _end_with(parent: int) -> None:
    """Ends this child when its parent is gone, also in the middle of a read."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:])
