# SPDX-License-Identifier: Apache-2.0
"""One process of a distributed suite: a service's REST side, or a worker of it; any number of
each."""

from __future__ import annotations

import logging
import signal
import threading
import time
from dataclasses import dataclass
from typing import Any

from mano.bus import rabbitmq
from mano.service import Service
from mano.store import Database, Store, Unavailable
from mano.suite import parts, settings
from mano.threads import Threads

log = logging.getLogger(__name__)
PATIENCE = 60  # seconds that the database has to come up


@dataclass(frozen=True)
class Role:
    """What a process is for: which service, and whether it takes requests or works."""

    service: str
    rest: bool


ROLES = {
    "nfvo-api": Role("nfvo", True),
    "nfvo-worker": Role("nfvo", False),
    "vnfm-api": Role("vnfm", True),
    "vnfm-worker": Role("vnfm", False),
    "vim-baremetal": Role("vim-baremetal", False),
    "vim-simulated": Role("vim-simulated", False),
}


def run(name: str, given: settings.Settings) -> None:
    """Runs the process until it is told to end (SIGTERM, SIGINT)."""
    for lacking, variable in (
        (given.database_url, "MANO_DATABASE_URL"),
        (given.bus_url, "MANO_BUS_URL"),
    ):
        if not lacking:
            raise settings.Wrong(
                f"a process of a distributed suite needs {variable} (or {variable}_FILE); "
                "the suite that needs neither is started by `mano up`"
            )
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    role = ROLES[name]
    kept = Store(Database(given.database_url), role.service)
    _migrate(kept, told)
    if not told.is_set():
        (_requests if role.rest else _work)(role, kept, given, told)


def _requests(role: Role, kept: Store, given: settings.Settings, told: threading.Event) -> None:
    """Takes requests: stores, schedules, answers; the jobs are done by the workers."""
    from mano.rest import server

    carrier = rabbitmq.RabbitMQ(given.bus_url)
    service = parts.build(role.service, kept, carrier, None, given)
    servers = server.serve(
        [(parts.app(role.service, service, given), *getattr(given, role.service))]
    )
    service.start()
    log.info("%s takes requests at %s", role.service, given.url(role.service))
    told.wait()
    servers.stop()
    _end(service, carrier, None)


def _work(role: Role, kept: Store, given: settings.Settings, told: threading.Event) -> None:
    """Receives messages in Celery's threads, and does what is due in our own."""
    carrier = rabbitmq.RabbitMQ(given.bus_url, given.worker_threads)
    threads = Threads(given.worker_threads)
    service = parts.build(role.service, kept, carrier, threads, given)
    threads.start()
    service.start()
    carrier.start()
    log.info("a worker of %s runs", role.service)
    told.wait()
    _end(service, carrier, threads)


def _end(service: Service, carrier: rabbitmq.RabbitMQ, threads: Any) -> None:
    carrier.stop()
    service.stop()
    if threads is not None:
        threads.stop()


def _migrate(kept: Store, told: threading.Event) -> None:
    """Brings the tables to this version; waits for a database that is only just starting."""
    until = time.monotonic() + PATIENCE
    while not told.is_set():
        try:
            kept.migrate()
            return
        except Unavailable as error:
            if time.monotonic() > until:
                raise RuntimeError(
                    f"{error}; is MANO_DATABASE_URL right, and does the server run?"
                ) from error
            log.warning("%s", error)
            told.wait(1)
