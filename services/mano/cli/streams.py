# SPDX-License-Identifier: Apache-2.0
"""The standard streams of a command: any locale will do, and what cannot be written is said."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

from mano.cli.failures import REFUSED


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """In the block characters that the locale lacks become `?`; an OSError is a line, no trace."""
    if sys.stdout is None or sys.stderr is None:
        _end("a standard stream is closed: nothing was done; give it a file, or /dev/null")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # who read it has seen enough
        _end("")
    except OSError as error:
        reason = error.strerror or str(error)
        _end(f"{error.filename}: {reason}" if error.filename else f"the output: {reason}")


def _end(reason: str) -> None:
    if reason and sys.stderr is not None:
        print(f"mano: {reason}", file=sys.stderr)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what Python still holds goes there when it ends
    sys.exit(REFUSED)
