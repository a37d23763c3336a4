# SPDX-License-Identifier: Apache-2.0
"""Where a process of the suite logs to: the standard error output, one line per event."""

from __future__ import annotations

import logging

FILE = "mano.log"  # in the data directory, of a suite in the background
LIMIT = 20 * 2**20  # bytes; beyond it a new log is begun at the next start


def to_stderr(verbose: bool = False) -> None:
    """Sets up logging for this process."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for name in ("alembic", "uvicorn.error", "connexion", "httpx", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("celery").setLevel(
        logging.CRITICAL
    )  # what it says of the broker and of messages, we say
