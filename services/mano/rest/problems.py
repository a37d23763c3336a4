# SPDX-License-Identifier: Apache-2.0
"""Errors as ProblemDetails (RFC 7807, SOL013 6.3): raised anywhere, rendered in one place."""

from __future__ import annotations

import logging
import uuid
from http import HTTPStatus
from typing import Any

from mano import store
from mano.rest.messages import Reply

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
JSON = "application/json"


class Problem(Exception):
    """An error a client is told of: `detail` says what is wrong, where, and what to do next.

    `headers` go into the HTTP answer, further keywords are members of the ProblemDetails.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        title: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ):
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.title = title or phrase(status)
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The ProblemDetails."""
        return {"title": self.title, "status": self.status, "detail": self.detail, **self.extra}


def phrase(status: int) -> str:
    """The status in words, for `title`."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def of(error: Exception) -> Problem:
    """Any exception as the problem the client is told of; what nobody foresaw is logged under an
    id, and hidden."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, store.NotFound):
        return Problem(404, str(error))
    if isinstance(error, store.Stale):
        return Problem(
            409, f"{error} Read the resource again and repeat the request if it is still wanted."
        )
    if isinstance(error, store.Conflict):
        return Problem(409, str(error))
    if isinstance(error, store.Unavailable):
        log.warning("%s", error)
        return Problem(
            503, f"{error}. Nothing was changed; repeat the request.", headers={"Retry-After": "2"}
        )
    number = str(uuid.uuid4())
    log.error("error %s", number, exc_info=error)
    return Problem(
        500,
        "The request failed for a reason that lies in this service; its log has more under "
        f"error {number}.",
        errorId=number,
    )


def reply(problem: Problem, accept: str = "") -> Reply:
    """The answer to a client that sent this Accept header."""
    return Reply(problem.status, problem.body(), dict(problem.headers), media_type(accept))


def media_type(accept: str) -> str:
    """application/problem+json, unless the client names only application/json."""
    named = {part.split(";")[0].strip().lower() for part in accept.split(",")}
    return JSON if named == {JSON} else PROBLEM
