# SPDX-License-Identifier: Apache-2.0
"""One process of a distributed suite: a service's REST side, or a worker of it; any number of
each."""

from __future__ import annotations

import logging
import signal
import threading
import time
from dataclasses import dataclass

from mano.bus import rabbitmq, worker
from mano.service import Service
from mano.store import Store, Unavailable
from mano.suite import parts
from mano.suite.settings import Settings, Wrong
from mano.threads import Threads
from mano.vim import types

log = logging.getLogger(__name__)
PATIENCE = 60  # seconds that the database has to come up


@dataclass(frozen=True)
class Role:
    """What a process is for: which service, and whether it takes requests or works."""

    service: str
    rest: bool


def roles() -> dict[str, Role]:
    """What a process can be: each service that has a REST side twice, each VIM a worker."""
    result = {name: Role(name, False) for name in types.services()}
    for name in parts.WITH_REST:
        result[f"{name}-api"] = Role(name, True)
        result[f"{name}-worker"] = Role(name, False)
    return result


def run(name: str, settings: Settings) -> None:
    """Runs the process until it is told to end (SIGTERM, SIGINT)."""
    _check(settings)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    role = roles()[name]
    store = Store(settings.database(settings.database_url), role.service)
    _wait_for_database(store, _processes(role, settings), stopping)
    if stopping.is_set():
        return
    if role.rest:
        _take_requests(role, store, settings, stopping)
    else:
        _work(name, role, store, settings)


def _check(settings: Settings) -> None:
    for value, variable in (
        (settings.database_url, "MANO_DATABASE_URL"),
        (settings.bus_url, "MANO_BUS_URL"),
    ):
        if not value:
            raise Wrong(
                f"a process of a distributed suite needs {variable} (or {variable}_FILE); "
                "the suite that needs neither is started by `mano up`"
            )


def _processes(role: Role, settings: Settings) -> int:
    """How many have connections of their own: a worker's children, if it has any."""
    has_children = settings.worker_pool == "prefork" and not role.rest
    return settings.worker_threads if has_children else 1


def _wait_for_database(store: Store, processes: int, stopping: threading.Event) -> None:
    """Brings the tables to this version; waits for a database that is only just starting, and for
    processes that are replaced and have not ended yet."""
    deadline = time.monotonic() + PATIENCE
    while not stopping.is_set():
        try:
            store.migrate()
            store.check_room(processes)
            return
        except Unavailable as error:
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"{error}. It was tried for {PATIENCE} s; MANO_DATABASE_URL names the database"
                ) from error
            log.warning("%s", error)
            stopping.wait(1)


def _take_requests(role: Role, store: Store, settings: Settings, stopping: threading.Event) -> None:
    """Stores, schedules, answers; the jobs are done by the workers."""
    from mano.rest import server

    carrier = rabbitmq.RabbitMQ(settings.bus_url)
    service = parts.build(role.service, store, carrier, None, settings)
    servers = server.serve(
        [(parts.app(role.service, service, settings), *settings.addresses[role.service])],
        settings.connections,
    )
    service.start()
    log.info("%s takes requests at %s", role.service, settings.url(role.service))
    stopping.wait()
    servers.stop()
    carrier.stop()
    service.stop()


def _work(name: str, role: Role, store: Store, settings: Settings) -> None:
    """A Celery worker: handles the service's messages, and does what is due in threads of ours."""
    parts.part(role.service)  # once, before there are children
    carrier = rabbitmq.RabbitMQ(settings.bus_url)
    work = Work(role.service, store, carrier, settings)
    worker.Worker(
        carrier=carrier,
        name=name,
        address=role.service,
        count=settings.worker_threads,
        start=work.start,
        stop=work.stop,
        pool=settings.worker_pool,
    ).run()


class Work:
    """The service of a worker, made where its messages are handled: in its process or a child."""

    def __init__(self, name: str, store: Store, carrier: rabbitmq.RabbitMQ, settings: Settings):
        self.name, self.store, self.carrier, self.settings = name, store, carrier, settings
        self.threads = Threads(settings.worker_threads)
        self.service: Service | None = None

    def start(self) -> None:
        self.service = parts.build(self.name, self.store, self.carrier, self.threads, self.settings)
        self.threads.start()
        self.service.start()
        log.info("a worker of %s runs", self.name)

    def stop(self) -> None:
        if self.service is not None:
            self.carrier.stop()
            self.service.stop()
            self.threads.stop()
