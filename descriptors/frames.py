# SPDX-License-Identifier: Apache-2.0
"""What a pool and its children say to each other: JSON with its length before it."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import IO, Any

Document = dict[str, Any]  # a request or an answer, as JSON

LARGEST = 2**30  # bytes: no limit may be set higher
_LENGTH = struct.Struct(">Q")
_PIECE = 1 << 20


def pack(document: Document) -> bytes:
    """The document as JSON."""
    return json.dumps(document, default=str).encode()


def send(stream: IO[bytes] | None, data: bytes) -> None:
    """Writes a packed document."""
    assert stream is not None
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes] | None, deadline: float, most: int = 0) -> Document:
    """The next document, of at `most` so many bytes.

    Raises EOFError at the end of the stream, TimeoutError after the deadline and ValueError for
    what is no such document."""
    assert stream is not None
    (length,) = _LENGTH.unpack(_exactly(stream.fileno(), _LENGTH.size, deadline))
    if most and length > most:
        raise ValueError(f"an answer of {length} bytes")
    return dict(json.loads(_exactly(stream.fileno(), length, deadline)))


def _exactly(descriptor: int, size: int, deadline: float) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        _wait(descriptor, deadline)
        piece = os.read(descriptor, min(size - len(pieces), _PIECE))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)


def _wait(descriptor: int, deadline: float) -> None:
    """Until there is something to read."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
