# SPDX-License-Identifier: Apache-2.0
"""Packages as they lie in the store: as a file for zipfile, and in the parts that SOL shows."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, Self, cast

from descriptors.archive import csar, zips
from mano import store
from mano.problems import Problem
from mano.rest import Reply, Request, ranges
from mano.store import content

ZIP, TEXT = "application/zip", "text/plain"


class Stored(io.RawIOBase):
    """A content as a seekable file; reads only the chunks it is asked for."""

    def __init__(self, tx: store.Transaction, id: str):
        self.tx, self.id, self.at, self.size = tx, id, 0, tx.content_size(id)
        self.chunk: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self.at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.size}[whence]
        return self.at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number, skip = divmod(self.at, content.CHUNK)
        if self.chunk[0] != number:
            self.chunk = (number, self.tx.read_chunk(self.id, number) or b"")
        part = self.chunk[1][skip : skip + len(buffer)]
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)


@contextmanager
def as_file(source: store.Store, id: str, suffix: str, folder: str) -> Iterator[str]:
    """The content as a file in the folder, for readers in another process."""
    with tempfile.NamedTemporaryFile(suffix=suffix, dir=folder) as file:
        with source.begin() as tx:
            shutil.copyfileobj(io.BufferedReader(Stored(tx, id)), file)
        file.flush()
        yield file.name


def whole(request: Request, id: str, media: str) -> Reply:
    """The content, or the range of it that was asked for."""
    tx = request.tx
    return ranges.answer(
        request,
        tx.content_size(id),
        lambda offset, length: _later(tx, tx.read_content(id, offset, length)),
        media,
    )


def file(request: Request, id: str, path: str, media: str) -> Reply:
    """One file of the package; Problem 404."""
    with archive(request.tx, id) as package:
        if path not in package.paths:
            raise Problem(404, f"The package has no file {path!r}.")
        size = package.size(path)
    return ranges.answer(
        request,
        size,
        lambda offset, length: _later(request.tx, _part(request.tx, id, path, offset, length)),
        media,
    )


def _later(tx: store.Transaction, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces that are read after the end of the transaction, which only reads, each by itself.

    So whoever takes them slowly holds one of them in our memory, and no connection."""
    for piece in pieces:
        tx.close()
        yield piece
    tx.close()


def _part(tx: store.Transaction, id: str, path: str, offset: int, length: int) -> Iterator[bytes]:
    with archive(tx, id) as package, package.open(path) as file:
        file.seek(offset)
        while length > 0 and (piece := file.read(min(length, content.CHUNK))):
            length -= len(piece)
            yield piece


def definitions(request: Request, id: str, files: list[str], entry: str) -> Reply:
    """The descriptor: as a zip of its files, or as text where it is one file (SOL005 9.4.4.3.2).

    406 otherwise."""
    accept = request.headers.get("accept", "*/*")
    if ZIP not in accept and TEXT in accept:
        count = sum(not path.endswith(".meta") for path in files)
        if count > 1:
            raise Problem(406, f"The descriptor has {count} files; ask for {ZIP}.")
        return file(request, id, entry, TEXT)
    packed = io.BytesIO()
    with (
        archive(request.tx, id) as package,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as result,
    ):
        for path in files:
            result.writestr(path, package.read(path))
    return Reply(200, packed.getvalue(), media=ZIP)


class Archive:
    """The files of a package by the paths that it was read with, not as its zip spells them."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive, self.paths = archive, zips.by_path(archive)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()

    def read(self, path: str) -> bytes:
        return self._archive.read(self.paths[path])

    def size(self, path: str) -> int:
        return self.paths[path].file_size

    def open(self, path: str) -> IO[bytes]:
        return self._archive.open(self.paths[path])


def archive(tx: store.Transaction, id: str) -> Archive:
    """The files of a package.

    Also of one that lies in a zip beside its signature (SOL004 5.1, option 2)."""
    # zipfile needs only read, seek and tell
    outer = Archive(zipfile.ZipFile(cast(BinaryIO, io.BufferedReader(Stored(tx, id)))))
    wrapped = csar.inside(outer.paths)
    return Archive(zipfile.ZipFile(outer.open(wrapped[0]))) if wrapped else outer
