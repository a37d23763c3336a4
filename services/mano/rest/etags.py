# SPDX-License-Identifier: Apache-2.0
"""Versions of resources: ETag, If-Match and If-None-Match (SOL013 5.5, RFC 7232)."""

from __future__ import annotations

import re

from mano.problems import Problem
from mano.rest.messages import Reply, Request
from mano.store import Document

TAG = r'(W/)?"[^"]*"'  # of RFC 7232


def etag(document: Document) -> str:
    """The document's version as an entity tag."""
    return f'"{document.version}"'


def header(document: Document) -> dict[str, str]:
    """The ETag header."""
    return {"ETag": etag(document)}


def check_if_match(request: Request, document: Document) -> None:
    """Problem 412 if the client means another version of the resource; 400 if it names none."""
    condition = request.headers.get("if-match")
    if condition is not None and not _names(condition, document):
        raise Problem(
            412,
            f"{document.kind} {document.id} has the ETag {etag(document)}, not {condition}: it was "
            "changed meanwhile; read it again before you change it.",
        )


def individual(request: Request, document: Document, body: object) -> Reply:
    """The answer to GET on one resource: 200 with its ETag, or 304 if the client has this version
    already."""
    condition = request.headers.get("if-none-match")
    if condition is not None and _names(condition, document):
        return Reply(304, headers=header(document))
    return Reply(200, body, header(document))


def _names(field: str, document: Document) -> bool:
    if field.strip() == "*":
        return True
    if not re.fullmatch(rf"{TAG}(\s*,\s*{TAG})*", field.strip()):
        raise Problem(
            400,
            f'{field!r} names no version: it is * or ETags as they were answered, like "7", in '
            "their quotes.",
        )
    return etag(document) in re.findall(r'"[^"]*"', field)
