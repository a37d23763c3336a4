# SPDX-License-Identifier: Apache-2.0
"""Contents: packages and images as chunks in the database, so that every process has them and a
backup holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from mano.store.statements import Statements

CHUNK = 1 << 20


class Contents(Statements):
    """The part of a transaction that deals with contents.

    An id is free text, `<kind>/<resource id>`."""

    has_written_content = False

    def write_content(self, id: str, stream: BinaryIO) -> int:
        """Replaces the content by what the stream holds; its size in bytes."""
        self.remove_content(id)
        number = size = 0
        while chunk := _read(stream):
            self.write_chunk(id, number, chunk)
            number, size = number + 1, size + len(chunk)
        return size

    def write_chunk(self, id: str, number: int, data: bytes) -> None:
        """Stores one chunk; the same number again replaces it. All but the last must be CHUNK bytes
        long."""
        self.has_written_content = True
        self.execute(
            "INSERT INTO {s}.content (id, number, data) VALUES (%(id)s, %(number)s, %(data)s)"
            " ON CONFLICT (id, number) DO UPDATE SET data = excluded.data",
            id=id,
            number=number,
            data=data,
        )

    def read_chunk(self, id: str, number: int) -> bytes | None:
        """One chunk, None past the end."""
        row = self.execute(
            "SELECT data FROM {s}.content WHERE id = %(id)s AND number = %(number)s",
            id=id,
            number=number,
        ).first()
        return bytes(row[0]) if row else None

    def content_size(self, id: str) -> int:
        """Bytes stored under the id, 0 if there is nothing."""
        return int(
            self.execute(
                "SELECT coalesce(sum(length(data)), 0) FROM {s}.content WHERE id = %(id)s", id=id
            ).scalar()
        )

    def contents_size(self) -> int:
        """Bytes of all that is stored."""
        return int(self.execute("SELECT coalesce(sum(length(data)), 0) FROM {s}.content").scalar())

    def read_content(self, id: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The content's bytes from `offset`, at most `length` of them."""
        remaining = self.content_size(id) - offset if length is None else length
        number, skip = divmod(offset, CHUNK)
        while remaining > 0 and (chunk := self.read_chunk(id, number)):
            part = chunk[skip : skip + remaining]
            yield part
            remaining, number, skip = remaining - len(part), number + 1, 0

    def remove_content(self, id: str) -> None:
        """Deletes the content."""
        self.execute("DELETE FROM {s}.content WHERE id = %(id)s", id=id)


def _read(stream: BinaryIO) -> bytes:
    """A whole chunk, however small the pieces are in which the stream gives it."""
    parts, size = [], 0
    while size < CHUNK and (part := stream.read(CHUNK - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
