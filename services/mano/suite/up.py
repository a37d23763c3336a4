# SPDX-License-Identifier: Apache-2.0
"""The embedded suite: every service in one process, a PostgreSQL and an agent kept beside it."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

from mano.suite import agent, data_folder, logs, paths, postgresql, requirements, running
from mano.suite.settings import Settings

log = logging.getLogger(__name__)
WATCH_EVERY = 0.2  # seconds
MIGRATE_TRIES = 4


def run(settings: Settings) -> None:
    """Runs the suite in this process until it is told to end (SIGTERM, SIGINT).

    The data directory was claimed."""
    requirements.check_disk(settings.data)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with running.lock(settings.data):
        suite = Suite(settings)
        with _without_collecting():
            suite.start()
            running.write(settings.data, _record(settings))
            log.info("the suite runs: NFVO %s, VNFM %s", settings.url("nfvo"), settings.url("vnfm"))
        ending.wait()
        log.info("the suite ends")
        suite.stop()


class Suite:
    """The services of one process. `start` returns when the REST side answers."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.stopping = threading.Event()
        self.watchers: list[threading.Thread] = []
        self.agent = agent.Agent(settings.data, settings.host) if agent.installed() else None
        self.database = None if settings.database_url else postgresql.Server(settings.data)

    def start(self) -> None:
        """Starts everything; RuntimeError says what stands in the way."""
        try:
            with _meanwhile(self._start_database):  # a process of its own, so it costs us no time
                requirements.check(self.settings)
                self._start_watching(self._watch_agent)
                self._build()
            self._migrate()
            self._check_room()
            self._serve()
        except BaseException:
            self._abandon()
            raise
        self.threads.start()
        data_folder.make_private(self.sockets.path.parent)
        self.sockets.start()
        for service in self.services.values():
            service.start()
        self._start_watching(self._watch_database)

    def stop(self) -> None:
        """Ends the services and the database; network services and the agent go on."""
        self.stopping.set()  # first of all: what ends from here on is not started again
        self.servers.stop()
        for service in self.services.values():
            service.stop()
        self.sockets.stop()
        self.threads.stop()
        self._stop_watching()
        self._stop_database()

    def _start_database(self) -> None:
        if self.database is not None:
            self.database.start()

    def _stop_database(self) -> None:
        if self.database is not None:
            self.database.stop()

    def _build(self) -> None:
        from mano import store
        from mano.bus.sockets import Sockets
        from mano.suite import parts
        from mano.threads import Threads

        self.threads = Threads(self.settings.worker_threads)
        self.sockets = Sockets(paths.agent_socket(self.settings.data), self.threads)
        carrier = self.sockets.carrier()
        database = self.settings.database(
            self.settings.database_url or (self.database.url if self.database else "")
        )
        self.services = {
            name: parts.build(
                name, store.Store(database, name), carrier, self.threads, self.settings
            )
            for name in parts.names()
        }
        self.apps = [
            (
                parts.app(name, self.services[name], self.settings),
                *self.settings.addresses[name],
            )
            for name in parts.WITH_REST
        ]

    def _migrate(self) -> None:
        """Brings every service's tables to this version.

        An embedded database that is lost meanwhile is started again.
        """
        from mano import store
        from mano.suite import tables

        stores = [service.store for service in self.services.values()]
        for tries_left in reversed(range(MIGRATE_TRIES)):
            try:
                tables.bring_up_to_date(stores)
                return
            except store.Unavailable as error:
                if not tries_left or self.database is None:
                    raise RuntimeError(
                        f"{error}; see pg.log in the data directory, "
                        "or MANO_DATABASE_URL if that is set"
                    ) from error
                self._start_database()

    def _check_room(self) -> None:
        from mano import store

        try:
            self.services["nfvo"].store.check_room()  # the others use the same connections
        except store.Unavailable as error:
            raise RuntimeError(str(error)) from error

    def _serve(self) -> None:
        from mano.rest import server

        try:
            self.servers = server.serve(self.apps, self.settings.connections)
        except server.PortTaken as error:
            raise RuntimeError(str(error)) from error

    def _abandon(self) -> None:
        """Leaves nothing behind of a start that failed."""
        self._stop_watching()
        if self.agent is not None:
            self.agent.abandon()
        self._stop_database()

    def _start_watching(self, watch: Callable[[], None]) -> None:
        """Watches from now on, in a thread."""
        name = watch.__name__.strip("_")
        watcher = threading.Thread(target=self._repeat, args=(watch,), name=name, daemon=True)
        watcher.start()
        self.watchers.append(watcher)

    def _stop_watching(self) -> None:
        self.stopping.set()
        for watcher in self.watchers:
            watcher.join(5)

    def _repeat(self, watch: Callable[[], None]) -> None:
        while not self.stopping.is_set():
            try:
                watch()
            except Exception as error:
                log.error("%s: %s", threading.current_thread().name, error)
                self.stopping.wait(1)
            self.stopping.wait(WATCH_EVERY)

    def _watch_database(self) -> None:
        if self.database is None:
            return
        logs.shorten(self.database.log)
        if not self.database.alive():
            log.warning("the embedded PostgreSQL is not running and is started again")
            self.database.start()

    def _watch_agent(self) -> None:
        if self.agent is not None:
            logs.shorten(paths.agent_log(self.settings.data))
            self.agent.watch()


def _record(settings: Settings) -> running.Record:
    return {
        "pid": os.getpid(),
        "nfvo": settings.url("nfvo"),
        "vnfm": settings.url("vnfm"),
        "host": settings.host,
        "started": time.time(),
    }


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """What is loaded in the block stays: it is not looked through for garbage again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _meanwhile(work: Callable[[], None]) -> Iterator[None]:
    """Does the work in a thread while the block runs; its exception comes out at the end."""
    errors: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=guarded, name="meanwhile")
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if errors:
        raise errors[0]
