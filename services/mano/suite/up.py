# SPDX-License-Identifier: Apache-2.0
"""The embedded suite: every service in one process, with a PostgreSQL and an agent that are kept
running beside it."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from mano import store
from mano.suite import embedded, host, logs, places, processes, settings

log = logging.getLogger(__name__)
WATCH_EVERY = 0.2  # seconds
MIGRATE_TRIES = 4
PROGRAMS = {
    "ip": ("iproute2", "network namespaces and links"),
    "nft": ("nftables", "forwarding paths and the sample firewall"),
    "nsenter": ("util-linux", "running VNFCs"),
    "unshare": ("util-linux", "the embedded PostgreSQL and running without root"),
}


class Suite:
    """The services of one process. `start` returns when the REST side answers."""

    def __init__(self, given: settings.Settings):
        self.settings = given
        self.stopping = threading.Event()
        self.watchers: list[threading.Thread] = []
        self.host = host.Host(given.data, given.host) if host.installed() else None
        self.database = None if given.database_url else embedded.Embedded(given.data)

    def start(self) -> None:
        """Starts everything; mano.rest.server.PortTaken, parts.Missing or RuntimeError say what
        stands in the way."""
        try:
            with _meanwhile(self._start_database):  # a process of its own, so it costs us no time
                check(self.settings)
                self._build()
            self._migrate()
            from mano.rest import server

            self.servers = server.serve(self.apps)
        except BaseException:
            self._stop_database()
            raise
        self.threads.start()
        self.sockets.start()
        for service in self.services.values():
            service.start()
        for work in (self._watch_database, self._watch_host):
            self.watchers.append(
                threading.Thread(
                    target=self._watch, args=(work,), name=work.__name__.strip("_"), daemon=True
                )
            )
            self.watchers[-1].start()

    def stop(self) -> None:
        """Ends the services and the database; network services and the agent go on."""
        self.stopping.set()
        self.servers.stop()
        for service in self.services.values():
            service.stop()
        self.sockets.stop()
        self.threads.stop()
        for watcher in self.watchers:
            watcher.join(5)
        self._stop_database()

    def _start_database(self) -> None:
        if self.database is not None:
            self.database.start()

    def _migrate(self) -> None:
        """Brings every service's tables to this version; an embedded database that is lost
        meanwhile is started again."""
        for left in reversed(range(MIGRATE_TRIES)):
            try:
                for service in self.services.values():
                    service.store.migrate()
                return
            except store.Unavailable as error:
                if not left or self.database is None:
                    raise RuntimeError(
                        f"{error}; see pg.log in the data directory, or MANO_DATABASE_URL if that is set"
                    ) from error
                self._start_database()

    def _stop_database(self) -> None:
        if self.database is not None:
            self.database.stop()

    def _build(self) -> None:
        from mano.bus.sockets import Sockets
        from mano.suite import parts
        from mano.threads import Threads

        self.threads = Threads(self.settings.worker_threads)
        self.sockets = Sockets(places.agent_socket(self.settings.data), self.threads)
        carrier = self.sockets.carrier()
        url = self.settings.database_url or (self.database.url if self.database else "")
        database = store.Database(url)
        self.services = {
            name: parts.build(
                name, store.Store(database, name), carrier, self.threads, self.settings
            )
            for name in parts.MODULES
        }
        self.apps = [
            (parts.app(name, self.services[name], self.settings), *getattr(self.settings, name))
            for name in parts.WITH_REST
        ]

    def _watch(self, work: Any) -> None:
        while not self.stopping.is_set():
            try:
                work()
            except Exception as error:
                log.error("%s: %s", threading.current_thread().name, error)
                self.stopping.wait(1)
            self.stopping.wait(WATCH_EVERY)

    def _watch_database(self) -> None:
        if self.database is not None and not self.database.alive():
            log.warning("the embedded PostgreSQL is not running and is started again")
            self.database.start()

    def _watch_host(self) -> None:
        if self.host is not None:
            self.host.watch()


def run(given: settings.Settings) -> None:
    """Runs the suite in this process until it is told to end (SIGTERM, SIGINT)."""
    given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with places.locked(given.data):
        suite = Suite(given)
        suite.start()
        gc.collect()
        gc.freeze()  # documents and code stay: no need to look through them again and again
        places.remember(
            given.data,
            {
                "pid": os.getpid(),
                "nfvo": given.url("nfvo"),
                "vnfm": given.url("vnfm"),
                "host": given.host,
                "started": time.time(),
            },
        )
        log.info("the suite runs: NFVO %s, VNFM %s", given.url("nfvo"), given.url("vnfm"))
        told.wait()
        log.info("the suite ends")
        suite.stop()


def check(given: settings.Settings) -> None:
    """Finds what would fail later: RuntimeError for what must be mended, a warning for what only
    some things need."""
    from mano.rest import server

    for name in ("nfvo", "vnfm"):
        try:
            server.listen(*getattr(given, name)).close()
        except server.PortTaken as error:
            raise RuntimeError(f"{error} (MANO_{name.upper()}_ADDRESS=127.0.0.1:<port>)") from error
    if os.geteuid() == 0 and not given.database_url and shutil.which("unshare") is None:
        raise RuntimeError(
            "the program unshare is missing, without which the embedded PostgreSQL does not run as root: "
            "apt-get install util-linux"
        )
    for lacking in missing():
        log.warning("%s", lacking)


def missing() -> list[str]:
    """The programs that are not installed, each with what it is for and what to do."""
    path = host.environment()["PATH"]
    return [
        f"the program {program} is missing ({purpose}): apt-get install {package}"
        for program, (package, purpose) in PROGRAMS.items()
        if shutil.which(program, path=path) is None
    ]


def detach(data: pathlib.Path, patience: float = 60) -> None:
    """Starts `mano up` in the background; returns when it answers, RuntimeError with its own words
    if it ends instead."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = places.remembered(data).get("started")
    with (data / logs.FILE).open("ab") as out:
        start = out.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "mano", "up", "--data", str(data)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
        )
    until = time.monotonic() + patience
    while places.remembered(data).get("started") == before:
        if process.poll() is not None:
            raise RuntimeError(
                _said(data / logs.FILE, start) or f"it ended at once; see {data / logs.FILE}"
            )
        if time.monotonic() > until:
            raise RuntimeError(f"it did not answer within {patience:.0f} s; see {data / logs.FILE}")
        time.sleep(0.02)


def down(data: pathlib.Path) -> bool:
    """Ends the suite, the agent and the database; whether there was anything to end. Network
    services go on."""
    pid: int = places.remembered(data).get("pid", 0)
    found = bool(pid) and places.running(data) and processes.alive(pid)
    if found:
        processes.end(pid, 20)
    agent = host.find(data)
    host.stop(data)
    database = embedded.Embedded(data)
    left = database.alive()
    database.stop()
    return bool(found or agent or left)


def purge(data: pathlib.Path) -> str:
    """Removes the kernel objects of this machine's agent and all data; what the agent said. The
    suite must be down."""
    said = ""
    if places.agent_state(data).exists() and host.installed():
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "dataplane_agent",
                "sweep",
                "--delete",
                "--state",
                str(places.agent_state(data)),
            ],
            capture_output=True,
            text=True,
            env=host.environment(),
        )
        said = done.stdout.strip()
        if done.returncode:
            raise RuntimeError(
                f"the kernel objects were not all removed, so the data are kept: {done.stderr.strip() or said}"
            )
    shutil.rmtree(data, ignore_errors=False)
    return said


def _said(file: pathlib.Path, start: int) -> str:
    with file.open(errors="replace") as stream:
        stream.seek(start)
        lines = stream.read().strip().splitlines()
    return "\n".join(lines[-5:]).removeprefix("mano: ")


@contextlib.contextmanager
def _meanwhile(work: Any) -> Iterator[None]:
    """Does the work in a thread while the block runs; its exception comes out at the end."""
    failed: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=guarded, name="meanwhile")
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if failed:
        raise failed[0]
