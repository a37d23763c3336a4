# SPDX-License-Identifier: Apache-2.0
"""A few threads that do what is submitted, now or later."""

from __future__ import annotations

import heapq
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


YIELDS = 60.0  # seconds; what begins something yields to what goes on with it for so long
Task = tuple[float, int, Callable[..., None], tuple[Any, ...]]  # from when it counts, its number


class Threads:
    """`count` worker threads and a clock."""

    def __init__(self, count: int):
        self.tasks: queue.PriorityQueue[Task] = queue.PriorityQueue()
        self.later: list[Task] = []
        self.numbers = itertools.count()
        self.changed = threading.Condition()
        self.stopping = False
        self.workers = [
            threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            for number in range(count)
        ]
        self.clock = threading.Thread(target=self._tick, name="clock", daemon=True)

    def start(self) -> None:
        for thread in (*self.workers, self.clock):
            thread.start()

    def stop(self) -> None:
        """Finishes what is being done; what waits is dropped (the store remembers it)."""
        with self.changed:
            self.stopping = True
            self.changed.notify()
        for _ in self.workers:
            self._put(0.0, _nothing)
        for thread in self.workers:
            thread.join(timeout=5)

    def submit(self, work: Callable[..., None], *values: Any) -> None:
        """Does the work as soon as a thread is free."""
        self._put(time.monotonic(), work, *values)

    def begin(self, work: Callable[..., None], *values: Any) -> None:
        """Does the work once nothing waits that was begun before: of many things that are asked for
        at once one ends after the other, instead of all at the end."""
        self._put(time.monotonic() + YIELDS, work, *values)

    def is_own(self) -> bool:
        """Whether it is one of these threads that asks."""
        return threading.current_thread() in self.workers

    def after(self, delay: float, work: Callable[..., None], *values: Any) -> None:
        """Does the work in so many seconds."""
        with self.changed:
            heapq.heappush(self.later, (time.monotonic() + delay, next(self.numbers), work, values))
            self.changed.notify()

    def _put(self, since: float, work: Callable[..., None], *values: Any) -> None:
        self.tasks.put((since, next(self.numbers), work, values))

    def _work(self) -> None:
        while not self.stopping:
            _, _, work, values = self.tasks.get()
            try:
                work(*values)
            except Exception:
                log.exception("%s failed", getattr(work, "__qualname__", work))

    def _tick(self) -> None:
        with self.changed:
            while not self.stopping:
                now = time.monotonic()
                while self.later and self.later[0][0] <= now:
                    self.tasks.put(heapq.heappop(self.later))
                self.changed.wait(self.later[0][0] - now if self.later else None)


def _nothing() -> None:
    """Wakes a thread."""
