# SPDX-License-Identifier: Apache-2.0
"""The agent's side of the bus: one outgoing connection, behind a port of three verbs; carriers for
two kinds of URL.

A message is a dict {"id", "to", "operation", "body", "reply_to", "reply_key"} (docs/ports.md,
section 2). Nothing is kept for a peer that is away: reports supersede each other, and on each
connect the agent says hello."""

import contextlib
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Protocol

Message = dict[str, Any]
RETRY = 0.2  # seconds between attempts to connect
PATIENCE = 5  # seconds a peer may take to read what we send


class Bus(Protocol):
    """What the agent needs of a carrier. Handlers are called from the carrier's thread and return
    at once."""

    def start(self, on_message: Callable[[Message], None], on_connect: Callable[[], None]) -> None:
        """Connect, and again whenever the connection is lost, for ever."""

    def send(self, message: Message) -> None:
        """Send, or drop where nobody is connected; never waits for long."""


def connect(url: str, address: str) -> Bus:
    """The carrier for a URL: `unix:///path` or `amqp://…`; ValueError for any other."""
    if url.startswith("unix://"):
        return Unix(url.removeprefix("unix://"), address)
    if url.startswith(("amqp://", "amqps://")):
        import dataplane_agent.bus_amqp as bus_amqp  # Celery is needed, and installed, only here

        return bus_amqp.Amqp(url, address)
    raise ValueError(
        f"--bus {url!r} is neither unix:///path/of/socket nor amqp://user:password@host/vhost"
    )


def message(to: str, operation: str, body: object) -> Message:
    """A message that asks for no reply."""
    return {
        "id": str(uuid.uuid4()),
        "to": to,
        "operation": operation,
        "body": body,
        "reply_to": "",
        "reply_key": "",
    }


class Unix:
    """JSON lines over a Unix stream socket; the first line says who we are."""

    def __init__(self, path: str, address: str) -> None:
        self.path, self.address = path, address
        self.lock = threading.Lock()
        self.socket: socket.socket | None = None

    def start(self, on_message: Callable[[Message], None], on_connect: Callable[[], None]) -> None:
        threading.Thread(
            target=self._run, args=(on_message, on_connect), name="bus", daemon=True
        ).start()

    def send(self, message: Message) -> None:
        with self.lock:
            if self.socket is None:
                return
            try:
                self.socket.sendall(json.dumps(message).encode() + b"\n")
            except OSError:  # a line cut short ends the connection: the reader makes a new one
                self.socket.shutdown(socket.SHUT_RDWR)
                self.socket = None

    def _run(self, on_message: Callable[[Message], None], on_connect: Callable[[], None]) -> None:
        while True:
            with contextlib.suppress(OSError, ValueError):
                self._session(on_message, on_connect)
            with self.lock:
                self.socket = None
            time.sleep(RETRY)

    def _session(
        self, on_message: Callable[[Message], None], on_connect: Callable[[], None]
    ) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(self.path)
            connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", PATIENCE, 0)
            )
            with self.lock:
                self.socket = connection
            self.send(message("", "attach", {"address": self.address}))
            on_connect()
            with connection.makefile("rb") as lines:
                for line in lines:
                    on_message(json.loads(line))
