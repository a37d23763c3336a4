# SPDX-License-Identifier: Apache-2.0
"""Peers that do what no peer should, on real sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Act = Callable[["Peer", socket.socket], None]
PAUSE = 0.2  # seconds between the bytes of one that drips: far below any time-out per read
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
TOKEN = b'{"access_token": "t"}'
WITH_TOKEN = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(TOKEN), TOKEN)


class Peer:
    """Listens, and does `act` with each connection, in a thread of its own, until it is stopped."""

    def __init__(self, act: Act):
        self.act = act
        self.requests: list[str] = []  # request lines
        self.stopped = threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.uri = f"http://127.0.0.1:{self.listening.getsockname()[1]}/here"
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()
        # Closing alone does not wake who waits in accept.
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            request = connection.recv(65536)
            self.requests.append(request.partition(b"\r\n")[0].decode())
            self.act(self, connection)

    def send_for_ever(self, connection: socket.socket, piece: bytes, pause: float = 0.0) -> None:
        while not self.stopped.wait(pause):
            connection.sendall(piece)


def drip_status(peer: Peer, connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 " + b"O" * 500:
        if peer.stopped.wait(PAUSE):
            return
        connection.sendall(bytes((byte,)))


def drip_headers(peer: Peer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 204 No Content\r\n")
    peer.send_for_ever(connection, b"X-A: b\r\n", PAUSE)


def drip_body(peer: Peer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    peer.send_for_ever(connection, b" ", PAUSE)


def send_headers_for_ever(peer: Peer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 204 No Content\r\n")
    peer.send_for_ever(connection, b"X-A: " + b"b" * 8000 + b"\r\n")


def send_interim_answers_for_ever(peer: Peer, connection: socket.socket) -> None:
    peer.send_for_ever(connection, b"HTTP/1.1 102 Processing\r\n\r\n", PAUSE)


def send_body_for_ever(peer: Peer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.send_for_ever(connection, b"2000\r\n" + b" " * 8192 + b"\r\n")


def lie_about_the_length(peer: Peer, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + TOKEN)


def lie_about_the_protocol(peer: Peer, connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


def close(peer: Peer, connection: socket.socket) -> None:
    pass


def say_nothing(peer: Peer, connection: socket.socket) -> None:
    peer.stopped.wait(30)


def redirect_to(uri: str) -> Act:
    answer = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {uri}\r\nContent-Length: 0\r\n\r\n"
    return lambda peer, connection: connection.sendall(answer.encode())


def answer(content: bytes) -> Act:
    return lambda peer, connection: connection.sendall(content)


@contextlib.contextmanager
def listening(act: Act) -> Iterator[Peer]:
    peer = Peer(act)
    try:
        yield peer
    finally:
        peer.stop()
