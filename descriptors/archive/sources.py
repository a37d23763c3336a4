# SPDX-License-Identifier: Apache-2.0
"""The files of a package, wherever they lie: in a folder, in one YAML file, or yet in memory."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from descriptors.findings import Findings, Stop
from descriptors.package import Limits, raising

CHUNK = 1 << 20
ALGORITHMS = {
    "sha-256": "sha256",
    "sha-512": "sha512",
    "sha-384": "sha384",
    "sha-224": "sha224",
    "md5": "md5",
}


class Source:
    """Files by their path inside the package.

    `name` is what findings say, `single`: it is one YAML file, `is_draft`: it is yet to be
    built, and gets its manifest then."""

    is_draft = False

    def __init__(self, name: str, sizes: dict[str, int], single: bool = False) -> None:
        self.name, self.sizes, self.single = name, sizes, single
        # files beside the CSAR in the zip that wraps it (SOL004 option 2)
        self.wrapped: list[str] = []
        self._digests: dict[tuple[str, str], str] = {}

    def open(self, path: str) -> IO[bytes]:
        raise NotImplementedError

    def can_import(self, path: str) -> bool:
        """Whether a descriptor may import the file."""
        return path in self.sizes

    def close(self) -> None:
        """Lets go of the archive."""

    def read(self, path: str) -> bytes:
        """The whole content of a (small) file."""
        with self.open(path) as stream:
            # in pieces: a zip may lie about its sizes
            return b"".join(iter(lambda: stream.read(CHUNK), b""))

    def digest(self, path: str, algorithm: str = "sha-256") -> str:
        """The hash in hex; `algorithm` is one of ALGORITHMS."""
        key = (path, algorithm)
        if key not in self._digests:
            state = hashlib.new(ALGORITHMS[algorithm])
            with self.open(path) as stream:
                while chunk := stream.read(CHUNK):
                    state.update(chunk)
            self._digests[key] = state.hexdigest()
        return self._digests[key]


class Folder(Source):
    """A directory tree; links are not followed."""

    def __init__(self, path: Path, limits: Limits, findings: Findings) -> None:
        super().__init__(path.name, {})
        self._root, self._total = path, 0
        for item in sorted(path.rglob("*")):
            self._take(item, findings)
            self._check_limits(limits, findings)

    def open(self, path: str) -> IO[bytes]:
        return (self._root / path).open("rb")

    def _take(self, item: Path, findings: Findings) -> None:
        name = item.relative_to(self._root).as_posix()
        if item.is_symlink():
            hint = "put the file itself into the package"
            findings.error("csar-symlink", name, "a symbolic link", hint)
        elif item.is_file():
            self.sizes[name] = item.stat().st_size
            self._total += self.sizes[name]
        elif not item.is_dir():
            message = "is neither a file nor a folder"
            findings.error("csar-unsafe-path", name, message, "leave it out of the package")

    def _check_limits(self, limits: Limits, findings: Findings) -> None:
        amounts = {"entries": len(self.sizes), "total": self._total}
        for limit, amount in amounts.items():
            most = getattr(limits, limit)
            if amount > most:
                message = f"the limit `{limit}` of {most} is exceeded"
                findings.error("csar-limit", self.name, message, raising(limit))
                raise Stop


class Single(Source):
    """One YAML file, seen as a package of that file alone.

    `beside`: it may import YAML files of its folder: of the user, never of an upload."""

    def __init__(self, path: Path, beside: bool = False) -> None:
        super().__init__(path.name, {path.name: path.stat().st_size}, single=True)
        self._path, self._beside = path, beside

    def open(self, path: str) -> IO[bytes]:
        return self._file(path).open("rb")

    def can_import(self, path: str) -> bool:
        if super().can_import(path) or not self._beside:
            return super().can_import(path)
        file = self._file(path)
        return file.suffix in (".yaml", ".yml") and file.is_file() and not file.is_symlink()

    def _file(self, path: str) -> Path:
        return self._path.parent / path if path not in self.sizes else self._path


class Draft(Source):
    """The files of a package to be, each in memory or on disk."""

    is_draft = True

    def __init__(self, name: str, files: Mapping[str, bytes | Path]) -> None:
        super().__init__(name, {path: _size(item) for path, item in files.items()})
        self._files = files

    def open(self, path: str) -> IO[bytes]:
        item = self._files[path]
        return io.BytesIO(item) if isinstance(item, bytes) else item.open("rb")


def _size(item: bytes | Path) -> int:
    return len(item) if isinstance(item, bytes) else item.stat().st_size
