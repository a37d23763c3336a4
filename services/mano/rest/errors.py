# SPDX-License-Identifier: Apache-2.0
"""Problems as HTTP answers: the media type that the client takes (SOL013 6.3)."""

from __future__ import annotations

from mano import problems
from mano.rest.messages import Reply

PROBLEM = "application/problem+json"
JSON = "application/json"


def answer(error: Exception, accept: str = "") -> Reply:
    """The answer to a client whose request ended in an error; `accept` is its Accept header."""
    problem = problems.of(error)
    return Reply(problem.status, problem.body(), dict(problem.headers), media_type(accept))


def media_type(accept: str) -> str:
    """application/problem+json, unless the client names only application/json."""
    named = {part.split(";")[0].strip().lower() for part in accept.split(",")}
    return JSON if named == {JSON} else PROBLEM
