# SPDX-License-Identifier: Apache-2.0
"""A REST client that costs next to nothing: one connection that is kept, requests written by hand,
answers in JSON.

What is measured is the suite, so the client must not compete with it for the CPU.
"""

from __future__ import annotations

import base64
import json
import socket
import urllib.parse
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What came back; `id` is the last segment of Location."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content) if self.content else None

    @property
    def id(self) -> str:
        return self.headers["location"].rstrip("/").rpartition("/")[2]


class Refused(Exception):
    """The suite answered something else than 2xx."""


class Client:
    """One client of one service ("http://127.0.0.1:9890"), with a token."""

    def __init__(self, root: str, token: str = ""):
        url = urllib.parse.urlsplit(root)
        self.address = (url.hostname or "", url.port or 80)
        self.head = f"Host: {url.netloc}\r\nAccept: application/json\r\n"
        if token:
            self.head += f"Authorization: Bearer {token}\r\n"
        self.connection: socket.socket | None = None

    def get(self, path: str) -> Any:
        """The document at a path."""
        return self.call("GET", path).body

    def text(self, path: str) -> bytes:
        """The document at a path as it came, so that reading it costs the client nothing."""
        return self._exchange(f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode()).content

    def call(
        self, method: str, path: str, body: Any = None, media: str = "application/json"
    ) -> Answer:
        """A request; Refused with the suite's own words unless it is answered 2xx. `body` is JSON,
        or bytes."""
        content = _content(body)
        head = f"{method} {path} HTTP/1.1\r\n{self.head}Content-Length: {len(content)}\r\n"
        head += f"Content-Type: {media}\r\n\r\n" if content else "\r\n"
        answer = self._exchange(head.encode() + content)
        if answer.status >= 300:
            raise Refused(f"{method} {path}: {answer.status} {answer.body}")
        return answer

    def _exchange(self, data: bytes) -> Answer:
        if self.connection is not None:
            try:
                return self._once(self.connection, data)
            except ConnectionError:  # kept too long: the server has closed it meanwhile
                self.connection.close()
        self.connection = socket.create_connection(self.address, timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._once(self.connection, data)

    def _once(self, connection: socket.socket, data: bytes) -> Answer:
        connection.sendall(data)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            _more(connection, received)
        first, *lines = received[:end].decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        size = end + 4 + int(headers.get("content-length", 0))
        while len(received) < size:
            _more(connection, received)
        return Answer(int(first.split()[1]), headers, bytes(received[end + 4 : size]))


def token(root: str, id: str, secret: str) -> str:
    """An access token (OAuth2 client credentials)."""
    client = Client(root)
    client.head += (
        f"Authorization: Basic {base64.b64encode(f'{id}:{secret}'.encode()).decode()}\r\n"
    )
    answer = client.call(
        "POST",
        "/oauth2/token",
        b"grant_type=client_credentials",
        "application/x-www-form-urlencoded",
    )
    return str(answer.body["access_token"])


def _content(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _more(connection: socket.socket, received: bytearray) -> None:
    piece = connection.recv(1 << 18)
    if not piece:
        raise ConnectionError("the suite closed the connection")
    received += piece
