# SPDX-License-Identifier: Apache-2.0
"""Where results are written: whole or not at all, over a regular file at most."""

from __future__ import annotations

import contextlib
import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path


class OutputError(OSError):
    """A result would take the place of something that it must not; says of what."""


@contextlib.contextmanager
def replacing(out: Path, inputs: Iterable[Path] = (), archive: bool = False) -> Iterator[Path]:
    """A new file beside `out`, which takes its place when the block ends well.

    Two at once each have their own. `inputs` are never replaced; `archive`: nor is a file that
    neither is nor is called a CSAR. Raises OutputError."""
    check(out, inputs, archive)
    partial = _begun(out)
    try:
        yield partial
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def check(out: Path, inputs: Iterable[Path] = (), archive: bool = False) -> None:
    """OutputError where `out` is a device, a pipe, a link, a folder, or what must be kept."""
    if out.is_symlink():
        raise OutputError(f"{out} is a symbolic link: name the file itself")
    if not out.exists():
        return
    if not out.is_file():
        raise OutputError(f"{out} is no regular file: name another")
    for item in inputs:
        if item.exists() and out.samefile(item):
            raise OutputError(f"{out} is an input, {item}: name another file with --out")
    if archive and out.suffix not in (".csar", ".zip") and not zipfile.is_zipfile(out):
        raise OutputError(f"{out} is there already and is no CSAR: remove it, or name another file")


def _begun(out: Path) -> Path:
    """An empty file with a short name of its own, and the rights that any new file gets."""
    path = out.parent / f".mano-{secrets.token_hex(6)}.part"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        error.filename = str(out)  # what the user named
        raise
    return path
