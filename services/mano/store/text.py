# SPDX-License-Identifier: Apache-2.0
"""JSON as the store writes and reads it."""

from __future__ import annotations

import json

import orjson

from mano.problems import Problem

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_TOO_LARGE = "Integer exceeds 64-bit range"

loads = orjson.loads


def dumps(value: object) -> str:
    """Compact JSON. PostgreSQL's jsonb knows no NUL character, so it is left out of strings.

    Problem 422 for a whole number beyond 64 bits: it would not be read back as it is."""
    try:
        result = orjson.dumps(value, option=_PLAIN).decode()
    except TypeError as error:
        if str(error) == _TOO_LARGE:
            raise Problem(
                422, "A whole number in it has more than 64 bits; none is kept."
            ) from error
        result = _encode(value)  # numbers as keys, for one
    return result.replace("\\u0000", "") if "\\u0000" in result else result
