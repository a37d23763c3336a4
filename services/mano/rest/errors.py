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
    """application/problem+json where the client takes it: names it, or leaves open what it takes
    and does not name application/json. Else that, which every client can read."""
    named = {part.split(";")[0].strip().lower() for part in accept.split(",")} - {""}
    is_open = not named or bool(named & {"*/*", "application/*"})
    return PROBLEM if PROBLEM in named or (is_open and JSON not in named) else JSON
