# SPDX-License-Identifier: Apache-2.0
"""JSON as it comes and goes over a wire: read strictly, written compactly."""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read(text: bytes) -> Any:
    """The value of a JSON text; ValueError for what JSON or a database cannot hold."""
    value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    if b"\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is a ValueError
    return value


def write(value: object) -> bytes:
    """Compact JSON in UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a number beyond 64 bits, half a surrogate pair, a key that is no text
        return _encode(value).encode("utf-8", "surrogatepass")


def typed(text: str, kind: str | None) -> Any:
    """What a text stands for where a value of this JSON type belongs; else the text itself."""
    if kind in ("integer", "number", "boolean"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text} is too large")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
