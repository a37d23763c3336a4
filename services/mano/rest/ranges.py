# SPDX-License-Identifier: Apache-2.0
"""Parts of contents by byte range (RFC 7233; SOL005 9.4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mano.problems import Problem
from mano.rest.messages import Reply, Request


def answer(
    request: Request,
    size: int,
    read: Callable[[int, int], Iterator[bytes]],
    media: str = "application/octet-stream",
    headers: dict[str, str] | None = None,
) -> Reply:
    """The content, or the part the client asked for: 200, 206, or Problem 416. `read(offset,
    length)` gives the bytes.

    Several ranges in one request are answered with the whole content, as RFC 7233 allows.
    """
    fields = {"Accept-Ranges": "bytes", **(headers or {})}
    part = _part(request.headers.get("range", ""), size)
    if part is None or _outdated(request, fields):
        return Reply(200, read(0, size), {**fields, "Content-Length": str(size)}, media)
    first, last = part
    if first > last:
        raise Problem(
            416,
            f"The content has {size} bytes; the range {request.headers['range']} lies outside.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    length = last - first + 1
    fields.update({"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(length)})
    return Reply(206, read(first, length), fields, media)


def _part(field: str, size: int) -> tuple[int, int] | None:
    """First and last byte (first > last: not satisfiable), or None: everything."""
    match = re.fullmatch(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)", field.strip(), re.ASCII)
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) and size else (1, 0)
    if last and int(last) < int(first):
        return None  # not a range at all, to be ignored
    return int(first), min(int(last), size - 1) if last else size - 1


def _outdated(request: Request, fields: dict[str, str]) -> bool:
    condition = request.headers.get("if-range")
    return condition is not None and condition != fields.get("ETag")
