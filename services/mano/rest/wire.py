# SPDX-License-Identifier: Apache-2.0
"""HTTP to `Request` and `Reply` to HTTP, whatever server and framework there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from mano.problems import Problem
from mano.rest import encodings, errors, json_text, queries, uploads, versions
from mano.rest.auth import Principal
from mano.rest.messages import Outside, Reply, Request
from mano.rest.operations import Operation
from mano.rest.settings import Settings
from mano.store import READING, Store, Transaction

Scope = MutableMapping[str, Any]
NO_CONTENT = (204, 304)


class ClientLeft(Exception):
    """The client closed the connection before its request was complete."""


@dataclass
class Call:
    """A request that the gate let pass: for which operation, and who asks."""

    operation: Operation
    params: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    principal: Principal
    base: str
    path: str
    outside: Any = None


@dataclass
class Response:
    """An answer as it goes out."""

    status: int
    headers: dict[str, str]
    content: bytes | Iterator[bytes]


def headers(scope: Scope) -> dict[str, str]:
    """The headers of an ASGI scope; names are lower-case there already."""
    fields: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def address(scope: Scope) -> str:
    """The client's IP address."""
    return str((scope.get("client") or ("unknown", 0))[0])


def query(scope: Scope) -> dict[str, str]:
    """The query parameters of an ASGI scope; Problem 400 if they are not well-formed."""
    try:
        return queries.read(scope["query_string"].decode("ascii"))
    except UnicodeDecodeError as error:
        raise Problem(400, f"The query is not well-formed: {error}.") from error


def render(reply: Reply) -> Response:
    """The reply with its body as bytes, and with Content-Type and Content-Length."""
    if reply.body is None:
        content, fields = b"", reply.headers
    else:
        is_json = not reply.media or reply.media.endswith("json")
        content = json_text.write(reply.body) if is_json else reply.body
        fields = {"Content-Type": reply.media or errors.JSON, **reply.headers}
    if isinstance(content, bytes) and reply.status not in NO_CONTENT:
        fields = {**fields, "Content-Length": str(len(content))}
    return Response(reply.status, fields, content)


def answer(call: Call, body: BinaryIO, store: Store, settings: Settings) -> Response:
    """Checks what came, calls the handler in one transaction, and writes what it answers.

    An error becomes ProblemDetails. `Outside` and `Wanted` are for who may await."""
    try:
        reply = _handle(call, body, store, settings)
    except (ClientLeft, Outside, uploads.Wanted):
        raise
    except Exception as error:
        reply = errors.answer(error, call.headers.get("accept", ""))
    reply.headers.setdefault("Version", versions.used(call.operation, call.headers))
    return render(reply)


def _handle(call: Call, body: BinaryIO, store: Store, settings: Settings) -> Reply:
    operation = call.operation
    request = Request(
        tx=None,  # type: ignore[arg-type]  # its carrier, `work`, sets it
        params=call.params,
        query=call.query,
        headers=call.headers,
        base=call.base,
        principal=call.principal.name,
        scopes=call.principal.scopes,
        path=call.path,
        operation=operation,
        page_size=settings.page_size,
        outside=call.outside,
    )
    if operation.uploads:
        request.stream = body
    elif operation.media_types:
        text = _read(body, call.headers, settings.max_body)
        request.take_body(
            lambda: operation.read_body(
                encodings.decoded(text, call.headers, settings.max_body), request.media_type
            )
        )

    def work(tx: Transaction) -> Reply:
        request.tx = tx
        if operation.uploads:
            uploads.check_quota(tx, body.seek(0, os.SEEK_END), settings.upload_quota)
            body.seek(0)  # this may be another try
        return operation.call(request)

    reply = _in_transaction(store, operation, work)
    if settings.validate_responses:
        operation.check_reply(reply)
    return reply


def _in_transaction(
    store: Store, operation: Operation, work: Callable[[Transaction], Reply]
) -> Reply:
    if operation.method == "get":
        with store.begin(READING) as tx:
            return work(tx)
    return store.run(work)


def _read(body: BinaryIO, headers: dict[str, str], limit: int) -> bytes:
    length = headers.get("content-length", "0")
    too_long = length.isdigit() and int(length) > limit
    text = b"" if too_long else body.read(limit + 1)
    if too_long or len(text) > limit:
        raise Problem(413, f"The body is larger than the {limit} bytes that are taken.")
    return text
