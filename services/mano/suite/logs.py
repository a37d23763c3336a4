# SPDX-License-Identifier: Apache-2.0
"""Where the processes of a suite log to, one line per event, and when a log is begun anew."""

from __future__ import annotations

import logging
import logging.handlers
import os
import pathlib
import shutil
import sys
from typing import BinaryIO

LIMIT = 20 * 2**20  # bytes; beyond it a log becomes <name>.1, and a new one is begun
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
TOO_TALKATIVE = ("alembic", "uvicorn.error", "connexion", "httpx", "asyncio")


class RotatingFile(logging.handlers.RotatingFileHandler):
    """The log of a process whose standard error output goes to the same file, and follows it."""

    def __init__(self, file: pathlib.Path):
        super().__init__(file, maxBytes=LIMIT, backupCount=1)

    def doRollover(self) -> None:  # noqa: N802 - the name is logging's
        """Begins a new file, also for what Python itself says of an error."""
        super().doRollover()
        assert self.stream is not None
        for descriptor in (sys.stdout, sys.stderr):
            os.dup2(self.stream.fileno(), descriptor.fileno())


def set_up(verbose: bool = False, file: pathlib.Path | None = None) -> None:
    """Sets up logging for this process: to the standard error output, or to `file`."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format=FORMAT,
        handlers=[RotatingFile(file) if file else logging.StreamHandler()],
    )
    for name in TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    # What Celery says of the broker and of messages, we say.
    logging.getLogger("celery").setLevel(logging.CRITICAL)


def append(file: pathlib.Path) -> BinaryIO:
    """Opens the log of a process that is about to start."""
    if file.exists() and file.stat().st_size > LIMIT:
        file.rename(file.with_name(f"{file.name}.1"))
    return file.open("ab")


def shorten(file: pathlib.Path) -> None:
    """Begins a log anew that grew too long, while a process that has opened it by `append` writes
    on. What is written in the moment of the copy may be lost."""
    if file.exists() and file.stat().st_size > LIMIT:
        shutil.copy(file, file.with_name(f"{file.name}.1"))
        os.truncate(file, 0)
