# SPDX-License-Identifier: Apache-2.0
"""HTTP to `Request` and `Reply` to HTTP."""
from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

import flask

from mano.rest import problems
from mano.rest.messages import Reply, Request
from mano.rest.operations import Operation
from mano.rest.problems import Problem
from mano.rest.settings import Settings
from mano.store import Store

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Gone(Exception):
    """The client closed the connection before its request was complete."""


@dataclass
class Asked:
    """What the gate found out about a request."""
    operation: Operation
    params: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    principal: str
    base: str
    path: str


def headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    """The headers of an ASGI scope; names are lower-case there already."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1")
        found[name] = f"{found[name]}, {value.decode('latin-1')}" if name in found else value.decode("latin-1")
    return found


def query(scope: MutableMapping[str, Any]) -> dict[str, str]:
    """The query parameters of an ASGI scope; Problem 400 if they are not well-formed."""
    try:
        return dict(parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict",
                              max_num_fields=100))
    except ValueError as error:
        raise Problem(400, f"The query is not well-formed: {error}.") from error


def dumps(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return _encode(value).encode("utf-8", "surrogatepass")


def answer(asked: Asked, store: Store, settings: Settings) -> flask.Response:
    """Handles the request of this Flask context: checks, one transaction around the handler, and the rendered reply."""
    try:
        reply = _handle(asked, store, settings)
    except Gone:
        raise
    except Exception as error:
        reply = problems.reply(problems.of(error), asked.headers.get("accept", ""))
    reply.headers.setdefault("Version", asked.operation.version)
    return response(reply)


def response(reply: Reply) -> flask.Response:
    """The reply as Flask sends it."""
    media = reply.media or problems.JSON
    body = reply.body
    if body is None:
        content: Any = b""
    elif reply.media and not media.endswith("json"):
        content = body
    else:
        content = dumps(body)
    made = flask.Response(content, reply.status, reply.headers, content_type=None if body is None else media)
    if body is None and "Content-Type" in made.headers:
        del made.headers["Content-Type"]
    return made


def _handle(asked: Asked, store: Store, settings: Settings) -> Reply:
    operation, sent = asked.operation, asked.headers
    request = Request(tx=None, params=asked.params, query=asked.query, headers=sent, base=asked.base,  # type: ignore[arg-type]
                      principal=asked.principal, path=asked.path, operation=operation, page_size=settings.page_size)
    content: BinaryIO = flask.request.environ["wsgi.input"]
    if operation.uploads:
        _check_media(operation, request.media_type)
        request.stream = content
    elif operation.media_types:
        request.body = operation.read_body(_read(content, sent, settings.max_body), request.media_type)

    def work(tx: Any) -> Reply:
        request.tx = tx
        return operation.call(request)

    reply = _once(store, work) if operation.uploads else store.run(work)
    if settings.validate_responses:
        operation.check_reply(reply)
    return reply


def _once(store: Store, work: Any) -> Reply:
    # An upload's stream can be read only once, so there is no second try.
    with store.begin() as tx:
        reply: Reply = work(tx)
        return reply


def _check_media(operation: Operation, media_type: str) -> None:
    if media_type not in operation.media_types and "*/*" not in operation.media_types:
        raise Problem(415, f"{operation} takes {' or '.join(operation.media_types)}, "
                           f"not {media_type or 'content without a Content-Type'}.")


def _read(content: BinaryIO, sent: dict[str, str], limit: int) -> bytes:
    length = sent.get("content-length", "0")
    raw = b"" if length.isdigit() and int(length) > limit else content.read(limit + 1)
    if len(raw) > limit or length.isdigit() and int(length) > limit:
        raise Problem(413, f"The body is larger than the {limit} bytes that are taken.")
    return raw
