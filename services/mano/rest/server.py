# SPDX-License-Identifier: Apache-2.0
"""Several ASGI apps served by one process: one asyncio loop in a thread of its own."""

from __future__ import annotations

import asyncio
import errno
import functools
import logging
import resource
import socket
import threading
from typing import Any

import psutil
import uvicorn

from mano.rest.connections import Connection, Connections

log = logging.getLogger(__name__)
GRACE = 3  # seconds that running requests have at the end
CONNECTIONS = 400  # to each app at once: for two of them there are files enough everywhere
OTHER_FILES = 200  # that a process has open at once beside its clients' connections


class PortTaken(Exception):
    """An address cannot be listened on; says who holds it and what to do."""


class Servers:
    """Apps on their addresses. Port 0 takes a free one: see `ports` after `start`."""

    def __init__(self, apps: list[tuple[Any, str, int]], connections: int):
        self.apps, self.connections = apps, _room(connections, len(apps))
        self.ports: list[int] = []
        self._servers: list[uvicorn.Server] = []
        self._sockets: list[socket.socket] = []
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    def start(self, timeout: float = 30) -> None:
        """Returns when every app is reachable; PortTaken if an address is not free."""
        try:
            for _, host, port in self.apps:
                self._sockets.append(listen(host, port))
        except PortTaken:
            self._close()
            raise
        self.ports = [listening.getsockname()[1] for listening in self._sockets]
        self._servers = [uvicorn.Server(_config(app, self.connections)) for app, _, _ in self.apps]
        self._thread = threading.Thread(target=self._run, name="rest", daemon=True)
        self._thread.start()
        if not self._ready.wait(timeout) or not all(server.started for server in self._servers):
            self.stop()
            raise RuntimeError("the REST servers did not start; the log says why")

    def stop(self) -> None:
        """Ends listening, lets running requests end, returns when all is closed."""
        for server in self._servers:
            server.should_exit = True
        if self._thread is not None:
            self._thread.join(GRACE + 5)
        self._close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=_config(None, 1).get_loop_factory()) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        tasks = [
            asyncio.ensure_future(
                server._serve([listening])
            )  # serve() would take the process's signals
            for server, listening in zip(self._servers, self._sockets, strict=True)
        ]
        try:
            while not all(server.started for server in self._servers) and not any(
                task.done() for task in tasks
            ):
                await asyncio.sleep(0.005)
            self._ready.set()
            await asyncio.gather(*tasks)
        except Exception:
            log.exception("a REST server ended")
            self._ready.set()

    def _close(self) -> None:
        for listening in self._sockets:
            listening.close()
        self._sockets = []


def serve(apps: list[tuple[Any, str, int]], connections: int = CONNECTIONS) -> Servers:
    """Starts serving `(app, host, port)`, each to so many connections at once; the caller stops
    it."""
    servers = Servers(apps, connections)
    servers.start()
    return servers


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; PortTaken if the address is in use, is not ours, or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
        return listening
    except OSError as error:
        listening.close()
        if error.errno != errno.EADDRINUSE:
            raise PortTaken(f"cannot listen on {host} port {port}: {error.strerror}") from error
        raise PortTaken(
            f"port {port} of {host} is taken by {holder(port) or 'another process'}: "
            "end that, or choose another port in the settings"
        ) from error


def holder(port: int) -> str:
    """Who listens on a TCP port, "nginx (pid 4711)", as far as the system lets us see; else ""."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            if listens and connection.pid is not None:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):  # it ended, or it is not ours to look at
        pass
    return ""


def _room(connections: int, apps: int) -> int:
    """How many connections each app may have with the files that this process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = max((files - OTHER_FILES) // max(apps, 1), 10)
    if connections > room:
        log.warning(
            "%d connections at once, not %d: this process may open %d files (ulimit -n)",
            *(room, connections, files),
        )
    return min(connections, room)


def _config(app: Any, most: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=functools.partial(Connection, Connections(most)),  # type: ignore[arg-type]
        ws="none",
        proxy_headers=False,  # who is next to us may say whatever he likes
        access_log=False,
        log_config=None,
        log_level="error",  # else strangers write a line of the log with every odd request
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
