# SPDX-License-Identifier: Apache-2.0
"""The embedded suite's side towards agents: a unix socket, JSON lines both ways.

Each agent attaches under its address, which is its process' alone. What is written to an agent that
then dies is lost; an agent says hello when it comes back and is sent its desired state again, so
nothing depends on it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pathlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import cast

from mano.bus import agents, carrier
from mano.bus.local import Local
from mano.bus.message import Message
from mano.threads import Threads

log = logging.getLogger(__name__)
LINE = 64 * 2**20  # bytes of one message at the most
PATIENCE = 5  # seconds until an agent that does not read is taken for dead
TRIES = 20  # how often a message that was not handled is tried again
PAUSE = 0.5  # seconds until then
NOBODY = agents.Peer(0, 0.0)


class Sockets:
    """Listens on `path`. `send` is what `Local(elsewhere=…)` needs; what agents send goes to
    `local`'s receivers."""

    def __init__(self, path: pathlib.Path, threads: Threads):
        self.path, self.threads = path, threads
        self.local: Local | None = None
        self.attached: dict[str, _Agent] = {}
        self.guard = threading.Lock()
        self.listening: socket.socket | None = None

    def carrier(self) -> Local:
        """The local carrier that reaches the agents attached here."""
        self.local = Local(self.threads, elsewhere=self.send)
        return self.local

    def start(self) -> None:
        """Begins to accept agents; a socket left behind by a dead process is replaced."""
        new = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        new.unlink(missing_ok=True)
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            self.listening.bind(str(new))
        finally:
            os.umask(mask)
        self.listening.listen(16)
        new.rename(self.path)  # whoever finds the socket can connect to it
        threading.Thread(
            target=self._accept, args=(self.listening,), name="agents", daemon=True
        ).start()

    def stop(self) -> None:
        """Closes the socket and cuts the agents off; they come again by themselves."""
        if self.listening is not None:
            self.path.unlink(missing_ok=True)
            _close(self.listening)
        with self.guard:
            agents = list(self.attached.values())
        for agent in agents:
            agent.close()

    def send(self, message: Message) -> None:
        """Writes the message to the agent attached under its address; Undeliverable if there is
        none."""
        with self.guard:
            agent = self.attached.get(message["to"])
        if agent is None:
            raise carrier.Undeliverable(f"no agent is attached as {message['to']!r}")
        agent.send(message)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(
                target=self._serve, args=(connection,), name="agent", daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        agent = _Agent(connection)
        address = ""
        try:
            agent.peer = agents.peer(connection)
            messages = agent.messages()
            address = agents.address(next(messages, None))
            self._attach(address, agent)
            for message in messages:
                agents.check(address, message)
                self._take(message)
        except (ValueError, OSError, KeyError, TypeError) as error:
            log.warning("%s is cut off: %s", address or "an agent", error)
        finally:
            with self.guard:
                if self.attached.get(address) is agent:
                    del self.attached[address]
            agent.close()

    def _attach(self, address: str, agent: _Agent) -> None:
        """A process may come again, and follow on one that has ended; no other is cut off."""
        with self.guard:
            older = self.attached.get(address)
            if older is not None and older.peer != agent.peer and older.peer.runs():
                raise ValueError(f"process {older.peer.pid} is attached as that already")
            self.attached[address] = agent
        log.info("%s attached", address)
        if older is not None:
            older.close()

    def _take(self, message: Message) -> None:
        assert self.local is not None
        receiver = self.local.receivers.get(message["to"])
        if receiver is None:
            log.warning(
                "nobody here is %r, to whom an agent sent %r", message["to"], message["operation"]
            )
            return
        self.threads.submit(self._deliver, receiver, message, TRIES)

    def _deliver(self, receiver: Callable[[Message], None], message: Message, tries: int) -> None:
        try:
            receiver(message)
        except Exception as error:
            log.warning("%s to %s was not handled: %s", message["operation"], message["to"], error)
            if tries:
                self.threads.after(PAUSE, self._deliver, receiver, message, tries - 1)


class _Agent:
    """One agent's connection."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.peer = NOBODY
        self.guard = threading.Lock()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", PATIENCE, 0))

    def send(self, message: Message) -> None:
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        try:
            with self.guard:
                self.connection.sendall(line)
        except OSError as error:
            self.close()  # half a line may be on its way: this connection is of no use any more
            raise carrier.Undeliverable(
                f"agent {message['to']!r} does not take messages: {error}"
            ) from error

    def messages(self) -> Iterator[Message]:
        """What the agent sends; ValueError if it is no JSON or longer than LINE."""
        with self.connection.makefile("rb", buffering=65536) as stream:
            while line := stream.readline(LINE + 1):
                if not line.endswith(b"\n"):
                    if len(line) > LINE:
                        raise ValueError(f"a message of more than {LINE >> 20} MiB")
                    return  # the connection ended within a line
                message = json.loads(line)
                if not isinstance(message, dict):
                    raise ValueError("a line that is not a JSON object")
                yield cast(Message, message)

    def close(self) -> None:
        _close(self.connection)


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)  # wakes who reads from it, in whatever thread
    connection.close()
