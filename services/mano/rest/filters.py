# SPDX-License-Identifier: Apache-2.0
"""Attribute-based filters (SOL013 5.2): read, and applied by PostgreSQL.

A path goes through arrays on its way: an expression holds if any element fits. `neq`, `nin` and
`ncont` are the negations of `eq`, `in` and `cont`: no element fits, which is also so where the
attribute is absent."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from mano.problems import Problem
from mano.rest.attributes import Attribute
from mano.rest.selectors import names

POSITIVE = {"neq": "eq", "nin": "in", "ncont": "cont"}
ORDERS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
SEVERAL = ("in", "nin", "cont", "ncont")
OPERATORS = ("eq", "neq", *SEVERAL, *ORDERS)

Scalar = str | bool | Decimal | None
_MISSING = object()


@dataclass(frozen=True)
class Expression:
    """`(op,path,value…)`: `values` are what the attribute's type makes of the texts."""

    op: str
    path: tuple[str, ...]
    values: tuple[Scalar, ...]

    def jsonpath(self) -> str:
        """The SQL/JSON path that finds an element that fits the positive form of the operator."""
        return (
            f"{_path(self.path)} ? ({' || '.join(self._condition(value) for value in self.values)})"
        )

    def _condition(self, value: Scalar) -> str:
        op = POSITIVE.get(self.op, self.op)
        if op == "cont":
            return f'@ like_regex {_literal(value)} flag "q"'
        return f"@ {ORDERS.get(op, '==')} {_literal(value)}"


@dataclass(frozen=True)
class Filter:
    """Expressions that must all hold; none: everything fits."""

    expressions: tuple[Expression, ...] = ()

    def sql(self, column: str = "body") -> tuple[str, dict[str, str]]:
        """A condition on a jsonb column with `%(name)s` parameters, and their values; "" if
        everything fits."""
        conditions, values = [], {}
        for number, expression in enumerate(self.expressions):
            name = f"filter{number}"
            answer = "IS NOT TRUE" if expression.op in POSITIVE else "IS TRUE"
            conditions.append(f"({column} @? CAST(%({name})s AS jsonpath)) {answer}")
            values[name] = expression.jsonpath()
        return " AND ".join(conditions), values


def parse(text: str, attributes: Attribute | None = None) -> Filter:
    """The filter of a `filter` parameter, `(eq,a/b,c);(in,d,e,f)`; Problem 400 says what is wrong
    at which place."""
    tree = attributes or Attribute({})
    return Filter(tuple(_expression(words, tree) for words in _expressions(text)))


def of_query(plain: dict[str, str], text: str | None, attributes: Attribute) -> Filter:
    """The filter of a whole query: the `filter` parameter, and plain attributes as in v1 (`a.b=c`,
    `a.b.gt=5`)."""
    stated = parse(text, attributes).expressions if text is not None else ()
    return Filter((*stated, *(_plain(name, value, attributes) for name, value in plain.items())))


def _plain(name: str, value: str, attributes: Attribute) -> Expression:
    path, op = tuple(re.split(r"[./]", name)), ""
    if len(path) > 1 and path[-1] in OPERATORS:
        path, op = path[:-1], path[-1]
    words = value.split(",")
    return _made(op or ("in" if len(words) > 1 else "eq"), path, words, attributes)


def _expression(words: list[str], attributes: Attribute) -> Expression:
    if len(words) < 3:
        raise Problem(
            400,
            f"The filter expression ({','.join(words)}) is not of the form (op,attribute,value).",
        )
    return _made(words[0], names(words[1]), words[2:], attributes)


def _made(op: str, path: tuple[str, ...], words: list[str], attributes: Attribute) -> Expression:
    if op not in OPERATORS:
        raise Problem(400, f"There is no filter operator {op!r}; there are {', '.join(OPERATORS)}.")
    if len(words) > 1 and op not in SEVERAL:
        raise Problem(400, f"The filter operator {op} takes one value, not {len(words)}.")
    if not all(path):
        raise Problem(400, f"The attribute name {'/'.join(path)!r} has an empty part.")
    attribute = attributes.at(path)
    if any("\0" in part for part in (*path, *words)):
        raise Problem(400, "A filter cannot have the character NUL.")
    if POSITIVE.get(op, op) == "cont":
        return Expression(op, path, tuple(words))
    return Expression(
        op, path, tuple(value for word in words for value in _read(op, word, path, attribute))
    )


def _read(op: str, word: str, path: tuple[str, ...], attribute: Attribute) -> list[Scalar]:
    """What a word may stand for, given the attribute's type; where that is open, each of several
    things."""
    kind = attribute.type
    if kind == "object":
        raise Problem(
            400,
            f"The attribute {'/'.join(path)!r} is a structure: compare one of its attributes, "
            f"{', '.join(attribute.children) or 'by name'}.",
        )
    if kind == "string":
        return [_instant(word) if attribute.format == "date-time" else word]
    number = _number(word)
    truth: Any = (
        {"true": True, "false": False}.get(word, _MISSING) if op not in ORDERS else _MISSING
    )
    if kind in ("integer", "number") and number is not None:
        return [number]
    if kind == "boolean" and truth is not _MISSING:
        return [truth]
    if kind:
        raise Problem(
            400,
            f"The attribute {'/'.join(path)!r} is of type {kind}: "
            f"{op} cannot compare it with {word!r}.",
        )
    return [
        word,
        *([number] if number is not None else []),
        *([truth] if truth is not _MISSING else []),
    ]


def _number(word: str) -> Decimal | None:
    if not re.fullmatch(r"-?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,3})?", word, re.ASCII):
        return None
    try:
        return Decimal(word)
    except InvalidOperation:
        return None


def _instant(word: str) -> str:
    """A date-time in UTC as we store it, so that texts compare as instants do; other texts stay as
    they are."""
    try:
        moment = datetime.datetime.fromisoformat(word.replace("Z", "+00:00"))
    except ValueError:
        return word
    if word.endswith("Z") or moment.tzinfo is None:
        return word
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _expressions(text: str) -> Iterator[list[str]]:
    """The words of each expression. In quotes a word may have `,` and `)`; a quote in it is
    doubled."""
    place = 0
    while True:
        if text[place : place + 1] != "(":
            raise Problem(
                400,
                f"The filter {text!r} needs '(' at character {place + 1}: (op,attribute,value);(…)",
            )
        words, place = _words(text, place + 1)
        yield words
        if place == len(text):
            return
        if text[place] != ";":
            raise Problem(
                400, f"The filter {text!r} needs ';' between expressions, at character {place + 1}."
            )
        place += 1


_WORD = re.compile(r"'((?:[^']|'')*)'(?=[,)])|([^,)']*)(?=[,)])")


def _words(text: str, place: int) -> tuple[list[str], int]:
    words = []
    while True:
        match = _WORD.match(text, place)
        if match is None:
            raise Problem(
                400, f"The filter {text!r} or a quote in it is not closed, after character {place}."
            )
        words.append(match[1].replace("''", "'") if match[1] is not None else match[2])
        place = match.end() + 1
        if text[match.end()] == ")":
            return words, place


def _path(path: tuple[str, ...]) -> str:
    return "lax $" + "".join(
        ' ? (@.type() == "object").keyvalue().key' if name == "@key" else f".{_literal(name)}"
        for name in path
    )


def _literal(value: Scalar) -> str:
    # A decimal's str may be 1E+2, which jsonpath reads; JSON's strings are jsonpath's.
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
