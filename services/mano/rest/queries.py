# SPDX-License-Identifier: Apache-2.0
"""The query of a URI as parameters."""

from __future__ import annotations

from urllib.parse import parse_qsl

from mano.problems import Problem

MOST = 100  # parameters


def read(text: str) -> dict[str, str]:
    """The parameters of a query string; Problem 400 if it is not well-formed.

    Several `filter`s must all hold, as if they were one. Of any other parameter that comes twice
    one would be dropped, so it is refused."""
    query: dict[str, str] = {}
    for name, value in _pairs(text):
        if name not in query:
            query[name] = value
        elif name == "filter":
            query[name] += ";" + value
        else:
            raise Problem(400, f"The query has the parameter {name!r} twice; send it once.")
    return query


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST)
    except ValueError as error:
        raise Problem(400, f"The query is not well-formed: {error}.") from error
