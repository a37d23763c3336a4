# SPDX-License-Identifier: Apache-2.0
"""A zip as the source of a package, without ever unpacking to disk; and files written into one."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

from descriptors.archive import entries
from descriptors.archive.sources import CHUNK, Source
from descriptors.findings import Findings, Stop, words
from descriptors.package import Limits

# What zipfile raises on an archive or a file of it that is damaged.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_REGULAR = 0o100000


class Zip(Source):
    """A zip whose names, links, number and sizes were checked; it hands out only what is safe."""

    def __init__(
        self, name: str, file: Path | IO[bytes], limits: Limits, findings: Findings
    ) -> None:
        self._file = file
        self._entries: dict[str, zipfile.ZipInfo] = {}
        with contextlib.ExitStack() as undo:  # what is refused is not left open
            if not isinstance(file, Path):
                undo.callback(file.close)
            self._zip = _open(name, file, findings)
            undo.callback(self._zip.close)
            infos = self._zip.infolist()
            entries.check_overlap(name, infos, self._zip.start_dir, findings)
            entries.check_limits(name, infos, limits, findings)
            for info in infos:
                self._take(info, findings)
            undo.pop_all()
        super().__init__(name, {name: info.file_size for name, info in self._entries.items()})

    def open(self, path: str) -> IO[bytes]:
        return self._zip.open(self._entries[path])

    def mode(self, path: str) -> int:
        """0o755 for what is executable, else 0o644."""
        return 0o755 if self._entries[path].external_attr >> 16 & 0o111 else 0o644

    def close(self) -> None:
        self._zip.close()
        if not isinstance(self._file, Path):
            self._file.close()

    def _take(self, info: zipfile.ZipInfo, findings: Findings) -> None:
        path = entries.path(info)
        if info.filename.endswith("/"):
            return
        if objection := entries.objection(info):
            message = objection.message.format(method=info.compress_type)
        elif path in self._entries:
            objection = _TWICE
            message = objection.message
        else:
            self._entries[path] = info
            entries.check_encoding(info, findings)
            return
        name = entries.printable(info.orig_filename)
        findings.error(objection.rule, name, message, objection.hint)


def by_path(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip that was checked, by the paths that its reader knows them by."""
    return {
        entries.path(info): info for info in archive.infolist() if not info.filename.endswith("/")
    }


def add(
    archive: zipfile.ZipFile, path: str, item: bytes | Path | IO[bytes], mode: int, size: int = 0
) -> None:
    """Writes a file into a zip without a trace of when and by whom.

    An open `item`, of `size` bytes, is closed."""
    info = zipfile.ZipInfo(path, _EPOCH)
    info.create_system = _UNIX
    info.external_attr = (_REGULAR | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    content: IO[bytes]
    if isinstance(item, bytes):
        size, content = len(item), io.BytesIO(item)
    elif isinstance(item, Path):
        size, content = item.stat().st_size, item.open("rb")
    else:
        content = item
    info.file_size = size
    with content as stream, archive.open(info, "w") as target:
        while chunk := stream.read(CHUNK):
            target.write(chunk)


_TWICE = entries.Objection(
    "csar-duplicate", "is twice in the archive", "which of the two counts cannot be told"
)


def _open(name: str, file: Path | IO[bytes], findings: Findings) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*DAMAGE, struct.error) as error:
        if _head(file) == b"PK\x03\x04":
            message = f"begins as a zip but has no readable directory: {words(error)}"
            findings.error("csar-truncated", name, message, "upload the whole file again")
        else:
            message, hint = (
                "is neither a zip nor a TOSCA YAML file",
                "a CSAR is a zip archive (SOL004 4.1)",
            )
            findings.error("csar-not-a-zip", name, message, hint)
        raise Stop from error


def _head(file: Path | IO[bytes]) -> bytes:
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return stream.read(4)
    file.seek(0)
    return file.read(4)
