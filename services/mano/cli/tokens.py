# SPDX-License-Identifier: Apache-2.0
"""Access tokens, kept in a file of the data directory so that not every command asks for one."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import time
from typing import TypedDict

EARLY = 30  # seconds before its end at which a token is replaced


class Entry(TypedDict):
    """A token and when it ends, in seconds since the epoch."""

    token: str
    until: float


class Tokens:
    """Tokens by client and address; where there is no data directory they are not kept."""

    def __init__(self, file: pathlib.Path):
        self.file = file
        self.entries: dict[str, Entry] = {}
        with contextlib.suppress(OSError, ValueError):
            self.entries = json.loads(file.read_text())

    def get(self, name: str) -> str | None:
        """A token that is good for a while; None if there is none."""
        entry = self.entries.get(name)
        return entry["token"] if entry and entry["until"] > time.time() + EARLY else None

    def put(self, name: str, token: str, seconds: float) -> None:
        """Keeps a token that ends in so many seconds."""
        now = time.time()
        self.entries = {key: entry for key, entry in self.entries.items() if entry["until"] > now}
        self.entries[name] = {"token": token, "until": now + seconds}
        with contextlib.suppress(OSError):
            self._write()

    def _write(self) -> None:
        new = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(self.entries, out)
        new.rename(self.file)
