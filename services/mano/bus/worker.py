# SPDX-License-Identifier: Apache-2.0
"""A Celery worker around a service: it receives for the service's address, in the main thread of
its process, until SIGTERM or SIGINT.

With the pool `threads` the service lives in this process, beside Celery's threads. With `prefork`
each child has a service of its own, and this process only hands messages out."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from celery import signals

from mano.bus.rabbitmq import RabbitMQ

log = logging.getLogger(__name__)
THREADS, PREFORK = "threads", "prefork"


@dataclass(frozen=True)
class Worker:
    """`start` and `stop` are called where messages are handled: the first before any comes, the
    other after the last."""

    carrier: RabbitMQ
    name: str  # of the process, as `celery inspect` shows it
    address: str
    count: int  # messages handled at the same time
    start: Callable[[], None]
    stop: Callable[[], None]
    pool: str = THREADS

    def run(self) -> None:
        """Returns when it was told to end and what was being handled is done."""
        begin, end = (
            (signals.worker_process_init, signals.worker_process_shutdown)
            if self.pool == PREFORK
            else (signals.worker_ready, signals.worker_shutdown)
        )
        begin.connect(self._begin, weak=False)
        end.connect(self._end, weak=False)
        queue = self.carrier.queue(self.address)
        worker = self.carrier.app.Worker(
            hostname=f"{self.name}-{os.getpid()}@{socket.gethostname()}",
            queues=[queue.name],
            pool=self.pool,
            concurrency=self.count,
            without_gossip=True,
            without_mingle=True,
            quiet=True,
        )
        try:
            worker.start()
        finally:
            begin.disconnect(self._begin)
            end.disconnect(self._end)

    def _begin(self, **_: object) -> None:
        try:
            self.start()
        except Exception as error:
            log.exception("%s cannot work", self.name)
            raise SystemExit(1) from error  # Celery would go on without

    def _end(self, **_: object) -> None:
        self.stop()
