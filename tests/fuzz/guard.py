# SPDX-License-Identifier: Apache-2.0
"""Watches what reading does: files outside of the sandbox, the network, other programs. An audit hook sees it all."""
from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir",
              "os.symlink", "os.link", "os.chmod", "os.rmdir", "shutil.", "urllib.", "ctypes.dlopen", "tempfile.")
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """`seen` collects violations while `armed`. It can be switched off, but never removed: use a process of its own."""

    def __init__(self, sandbox: Path) -> None:
        self.armed, self.seen = False, list[str]()
        places = {str(sandbox.resolve()), *map(str, (ROOT / "descriptors", *map(Path, sysconfig.get_paths().values())))}
        self._readable = tuple(place + os.sep for place in places)
        self._busy = False
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.armed or self._busy:
            return
        self._busy = True
        try:
            if event == "open":
                self._opened(arguments)
            elif event.startswith(_FORBIDDEN):
                self.seen.append(f"{event}{arguments}"[:300])
        finally:
            self._busy = False

    def _opened(self, arguments: tuple[object, ...]) -> None:
        path, _, flags = arguments
        if isinstance(path, int):
            return
        where = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        writes = isinstance(flags, int) and flags & _WRITE
        if writes or not where.startswith(self._readable):
            self.seen.append(f"open {where} {'for writing' if writes else ''}"[:300])
