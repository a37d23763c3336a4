# SPDX-License-Identifier: Apache-2.0
"""HTTP to `Request` and `Reply` to HTTP, whatever server and framework there are."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from mano.problems import Problem
from mano.rest import errors, json_text
from mano.rest.messages import Reply, Request
from mano.rest.operations import Operation
from mano.rest.settings import Settings
from mano.store import READING, Store, Transaction


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
        found[name] = (
            f"{found[name]}, {value.decode('latin-1')}"
            if name in found
            else value.decode("latin-1")
        )
    return found


def query(scope: MutableMapping[str, Any]) -> dict[str, str]:
    """The query parameters of an ASGI scope; Problem 400 if they are not well-formed."""
    try:
        return dict(
            parse_qsl(
                scope["query_string"].decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=100,
            )
        )
    except ValueError as error:
        raise Problem(400, f"The query is not well-formed: {error}.") from error


def content(reply: Reply) -> Any:
    """The reply's body as it goes out: bytes, or the iterator of bytes it has."""
    if reply.body is None:
        return b""
    return (
        json_text.write(reply.body)
        if not reply.media or reply.media.endswith("json")
        else reply.body
    )


def fields(reply: Reply) -> dict[str, str]:
    """The reply's headers, with Content-Type where there is content."""
    return (
        reply.headers
        if reply.body is None
        else {"Content-Type": reply.media or errors.JSON, **reply.headers}
    )


def answer(asked: Asked, sent: BinaryIO, store: Store, settings: Settings) -> Reply:
    """Checks what was sent, and calls the handler in one transaction; an error becomes
    ProblemDetails."""
    try:
        reply = _handle(asked, sent, store, settings)
    except Gone:
        raise
    except Exception as error:
        reply = errors.answer(error, asked.headers.get("accept", ""))
    reply.headers.setdefault("Version", asked.operation.version)
    return reply


def _handle(asked: Asked, sent: BinaryIO, store: Store, settings: Settings) -> Reply:
    operation = asked.operation
    request = Request(
        tx=None,  # type: ignore[arg-type]
        params=asked.params,
        query=asked.query,
        headers=asked.headers,  # type: ignore[arg-type]
        base=asked.base,
        principal=asked.principal,
        path=asked.path,
        operation=operation,
        page_size=settings.page_size,
    )
    if operation.uploads:
        if request.media_type not in operation.media_types and "*/*" not in operation.media_types:
            raise operation.wrong_media(request.media_type)
        request.stream = sent
    elif operation.media_types:
        request.body = operation.read_body(
            _read(sent, asked.headers, settings.max_body), request.media_type
        )

    def work(tx: Transaction) -> Reply:
        request.tx = tx
        return operation.call(request)

    if operation.method == "get":
        with store.begin(READING) as tx:
            reply = work(tx)
    else:
        reply = _once(store, work) if operation.uploads else store.run(work)
    if settings.validate_responses:
        operation.check_reply(reply)
    return reply


def _once(store: Store, work: Callable[[Transaction], Reply]) -> Reply:
    # An upload's stream can be read only once, so there is no second try.
    with store.begin() as tx:
        return work(tx)


def _read(sent: BinaryIO, headers: dict[str, str], limit: int) -> bytes:
    length = headers.get("content-length", "0")
    too_long = length.isdigit() and int(length) > limit
    raw = b"" if too_long else sent.read(limit + 1)
    if too_long or len(raw) > limit:
        raise Problem(413, f"The body is larger than the {limit} bytes that are taken.")
    return raw
