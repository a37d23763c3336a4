# SPDX-License-Identifier: Apache-2.0
"""What is answered to who has no token: tokens, and whether the service is well.

Both have threads of their own, for nobody without a token takes one from those who have one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO
from urllib.parse import parse_qsl

from mano.problems import Problem
from mano.rest import auth, errors, wire
from mano.rest.messages import Reply
from mano.rest.wire import Response
from mano.store import Store

LONGEST = 2**13  # bytes of a token request
Answer = Callable[[dict[str, str], BinaryIO], Response]


@dataclass(frozen=True)
class Resource:
    """A path that needs no token: its one method, who answers it, and where."""

    method: str
    answer: Answer
    threads: ThreadPoolExecutor


def resources(authority: auth.Authority, store: Store) -> dict[str, Resource]:
    """The public paths of a service."""
    return {
        "/oauth2/token": Resource("POST", partial(_token, authority), _threads("token", 2)),
        "/healthz": Resource("GET", partial(_health, store), _threads("health", 1)),
    }


def _threads(name: str, count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix=name)


def _token(authority: auth.Authority, headers: dict[str, str], body: BinaryIO) -> Response:
    text = body.read(LONGEST).decode("utf-8", "replace")
    form = dict(parse_qsl(text, keep_blank_values=True))
    try:
        token = authority.token(headers.get("authorization", ""), form)
    except auth.NoToken as refusal:
        fields = {"WWW-Authenticate": 'Basic realm="mano"'} if refusal.status == 401 else {}
        document = {"error": refusal.error, "error_description": refusal.description}
        return wire.render(Reply(refusal.status, document, fields))
    return wire.render(Reply(200, token, {"Cache-Control": "no-store"}))


def _health(store: Store, headers: dict[str, str], body: BinaryIO) -> Response:
    if store.answers():
        return wire.render(Reply(200, {"status": "ok"}))
    problem = Problem(503, "The database does not answer.", headers={"Retry-After": "2"})
    return wire.render(errors.answer(problem, headers.get("accept", "")))
