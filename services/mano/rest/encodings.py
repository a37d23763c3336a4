# SPDX-License-Identifier: Apache-2.0
"""Bodies that come otherwise than as they are: compressed (RFC 9110 8.4), or in parts (14.4)."""

from __future__ import annotations

import zlib

from mano.problems import Problem

GZIP = 31  # zlib's word for it


def decoded(text: bytes, headers: dict[str, str], limit: int) -> bytes:
    """A body without its Content-Encoding.

    Problem 415 for one that is not known, 400 if the body is not so, 413 if it is more than the
    limit then."""
    coding = _coding(headers)
    if coding not in ("", "gzip", "x-gzip"):
        raise Problem(
            415,
            f"Content-Encoding {coding} is not understood; send gzip, or the body as it is.",
            headers={"Accept-Encoding": "gzip"},
        )
    return _inflated(text, limit) if coding else text


def check_upload(headers: dict[str, str]) -> None:
    """Problem for an upload that is not the whole content, as it is."""
    if coding := _coding(headers):
        raise Problem(
            415,
            f"Content-Encoding {coding} is not understood of an upload: send the package as it is.",
            headers={"Accept-Encoding": "identity"},
        )
    if "content-range" in headers:
        raise Problem(
            400,
            f"Content-Range ({headers['content-range']}) is not understood: send the content as a "
            "whole, without it.",
        )


def _coding(headers: dict[str, str]) -> str:
    """ "" for none."""
    coding = headers.get("content-encoding", "").strip().lower()
    return "" if coding == "identity" else coding


def _inflated(text: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj(GZIP)
    try:
        whole = inflater.decompress(text, limit + 1)
    except zlib.error as error:
        raise Problem(400, f"The body is not gzip, as Content-Encoding says: {error}.") from error
    if len(whole) > limit:
        raise Problem(413, f"The body is larger than the {limit} bytes that are taken.")
    if not inflater.eof or inflater.unused_data:
        raise Problem(400, "The body is not one whole gzip, as Content-Encoding says.")
    return whole
