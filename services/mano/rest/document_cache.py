# SPDX-License-Identifier: Apache-2.0
"""OpenAPI documents that were found valid, kept beside their sources by the hash of what they are.

To read, complete and check the documents of a suite takes half a second, to read what was kept of
them some milliseconds. It lies where Python keeps its compiled modules, for the same reasons: who
may write there may write the code, and a folder that cannot be written only costs the time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import pathlib
import tempfile
from typing import Any

log = logging.getLogger(__name__)
FORMAT = b"1"  # of what is kept; another one makes every document anew


def digest(*sources: bytes) -> str:
    """The hash under which a document is kept that was made from these sources."""
    hashes = b"".join(hashlib.sha256(source).digest() for source in sources)
    return hashlib.sha256(FORMAT + hashes).hexdigest()


def read(source: pathlib.Path, digest: str) -> dict[str, Any] | None:
    """The valid document that was kept of a source, or None; what is damaged counts as none."""
    try:
        checksum, _, text = _file(source, digest).read_bytes().partition(b"\n")
    except OSError:
        return None
    if checksum != _checksum(text):
        log.warning("%s is damaged: the document is made anew", _file(source, digest))
        return None
    document: dict[str, Any] = json.loads(text)
    return document


def write(source: pathlib.Path, digest: str, document: dict[str, Any]) -> None:
    """Keeps a valid document, and no longer what was made of the source before it was changed."""
    try:
        text = json.dumps(document)
    except (TypeError, ValueError):  # YAML has values that JSON has not, dates for example
        return
    if json.loads(text) != document:  # numbers as keys
        return
    file = _file(source, digest)
    with contextlib.suppress(OSError):  # the folder cannot be written
        outdated = [path for path in file.parent.glob(f"{source.stem}.*.json") if path != file]
        _replace(file, _checksum(text.encode()) + b"\n" + text.encode())
        for path in outdated:
            path.unlink(missing_ok=True)


def _file(source: pathlib.Path, digest: str) -> pathlib.Path:
    return source.parent / "__pycache__" / f"{source.stem}.{digest}.json"


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()


def _replace(file: pathlib.Path, content: bytes) -> None:
    """Whole or not at all, however many processes start at once."""
    file.parent.mkdir(exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        pathlib.Path(name).chmod(0o644)
        pathlib.Path(name).replace(file)
    except BaseException:
        pathlib.Path(name).unlink(missing_ok=True)
        raise
