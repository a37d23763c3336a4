# SPDX-License-Identifier: Apache-2.0
"""Watches what reading does, by Python's audit events: whatever is not known to be harmless is a
violation.

So files outside of the sandbox, writing, the network and other programs are seen, also by ways
nobody thought of here. What raises no event (stat, mkfifo) is not."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_HARMLESS = (
    "marshal.",
    "object.",
    "sys._getframe",
    "sys.excepthook",
    "sys.unraisablehook",
    "builtins.id",
    "gc.",
    "code.__new__",
)
_FOLDERS = ("os.listdir", "os.scandir")
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """`seen` collects violations while `armed`. It can be switched off, but never removed: use a
    process of its own."""

    def __init__(self, sandbox: Path) -> None:
        self.armed, self.seen = False, list[str]()
        places = {
            str(sandbox.resolve()),
            *map(str, (ROOT / "descriptors", *map(Path, sysconfig.get_paths().values()))),
        }
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
            elif event in _FOLDERS and self._inside(arguments[0]):
                pass
            elif not event.startswith(_HARMLESS):
                self.seen.append(f"{event}{arguments}"[:300])
        finally:
            self._busy = False

    def _opened(self, arguments: tuple[object, ...]) -> None:
        path, _, flags = arguments
        if isinstance(path, int):
            return
        writes = isinstance(flags, int) and flags & _WRITE
        if writes or not self._inside(path):
            self.seen.append(f"open {path!r} {'for writing' if writes else ''}"[:300])

    def _inside(self, path: object) -> bool:
        return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(self._readable)  # type: ignore[arg-type]
