# SPDX-License-Identifier: Apache-2.0
"""A folder for files that a process needs for a while; of one that was killed, the next one removes
it."""

from __future__ import annotations

import fcntl
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

PREFIX = "mano-scratch-"


class Scratch:
    """Made where temporary files go; the kernel frees its lock however this process ends."""

    def __init__(self) -> None:
        sweep()
        self.path, self._lock = _make()

    def close(self) -> None:
        """Removes the folder and what is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def sweep() -> None:
    """Removes the folders of this user's processes that are no more."""
    for folder in _folders():
        lock = _lock(folder)
        if lock >= 0:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _make() -> tuple[str, int]:
    while True:
        folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _lock(folder)
        if lock >= 0 and folder.exists():
            return str(folder), lock
        if lock >= 0:  # it was swept before it had its lock
            os.close(lock)


def _folders() -> Iterator[pathlib.Path]:
    for folder in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            is_ours = folder.lstat().st_uid == os.geteuid()
        except FileNotFoundError:
            continue
        if is_ours:
            yield folder


def _lock(folder: pathlib.Path) -> int:
    """A descriptor that holds the folder's lock, -1 if somebody else does or it is no folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return -1
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return -1
    return descriptor
