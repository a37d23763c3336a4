# SPDX-License-Identifier: Apache-2.0
"""JSON as it comes and goes over a wire: read strictly, written compactly."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import orjson

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


SHOWN = 40  # characters of a string in an error
LONGEST = 2**16  # characters of a string; who has more to say uploads it


def read(text: bytes) -> Any:
    """The value of a JSON text; ValueError for what JSON or a database cannot hold, for what may be
    read in two ways, and for strings that no reader expects."""
    value = json.loads(
        text,
        parse_constant=_refuse_constant,
        parse_float=_finite,
        object_pairs_hook=_object,
    )
    if b"\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is a ValueError
    if b"\\u0000" in text or len(text) > LONGEST:
        for string in _strings(value):
            _check(string)
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


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice[:SHOWN]!r} is there twice")
    return value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _strings(member)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _check(string: str) -> None:
    if "\0" in string:
        raise ValueError(f"the string {string[:SHOWN]!r} has the character NUL")
    if len(string) > LONGEST:
        raise ValueError(
            f"the string {string[:SHOWN]!r}… has {len(string)} characters, more than {LONGEST}"
        )


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text} is too large")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")
