# SPDX-License-Identifier: Apache-2.0
"""A folder of software as a .tar.gz that has the same bytes on any day and machine."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

_PASSED_OVER = ("__pycache__", "README.md")
_LEFTOVERS = ("~", ".orig", ".swp", ".part", ".pyc")


def tarball(directory: Path) -> bytes:
    """What is in the directory: sorted, without times and owners.

    Of modes only the executable bit is kept."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", 9, packed, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for item in sorted(directory.rglob("*")):
            path = item.relative_to(directory).as_posix()
            if not is_leftover(path):
                _add(archive, item, path)
    return packed.getvalue()


def is_leftover(path: str) -> bool:
    """What is no part of a package: what lies hidden, and what editors and builds leave behind."""
    parts = path.split("/")
    hidden = any(part in _PASSED_OVER or part.startswith((".", "#")) for part in parts)
    return hidden or parts[-1].endswith(_LEFTOVERS)


def _add(archive: tarfile.TarFile, item: Path, path: str) -> None:
    archive.inodes = {}  # type: ignore[attr-defined]  # hard links are files like others
    info = archive.gettarinfo(item, path)
    executable = item.is_dir() or item.lstat().st_mode & 0o111
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = "root"
    info.mode = 0o755 if executable else 0o644
    if not info.isreg():
        archive.addfile(info)
        return
    with item.open("rb") as content:
        archive.addfile(info, content)
