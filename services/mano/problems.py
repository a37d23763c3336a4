# SPDX-License-Identifier: Apache-2.0
"""Errors that a client is told of, as ProblemDetails (RFC 7807, SOL013 6.3): raised anywhere."""

from __future__ import annotations

import logging
import uuid
from http import HTTPStatus
from typing import Any

log = logging.getLogger(__name__)


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
    """Any exception as the problem the client is told of.

    What nobody foresaw is logged under an id, and hidden.
    """
    if isinstance(error, Problem):
        return error
    number = str(uuid.uuid4())
    log.error("error %s", number, exc_info=error)
    return Problem(
        500,
        "The request failed for a reason that lies in this service; its log has more under "
        f"error {number}.",
        errorId=number,
    )
