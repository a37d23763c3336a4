# SPDX-License-Identifier: Apache-2.0
"""What a filter means, said once more in Python: PostgreSQL must choose the same documents."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from mano.rest.filters import POSITIVE, Expression, Filter

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def matches(filter: Filter, document: Any) -> bool:
    """Whether a document (plain JSON) fits."""
    return all(holds(expression, document) for expression in filter.expressions)


def holds(expression: Expression, document: Any) -> bool:
    fits = any(_fits(expression, value) for value in _values(document, expression.path))
    return fits != (expression.op in POSITIVE)


def _fits(expression: Expression, value: Any) -> bool:
    op = POSITIVE.get(expression.op, expression.op)
    if op == "cont":
        return isinstance(value, str) and any(str(word) in value for word in expression.values)
    scalar = Decimal(repr(value)) if type(value) in (int, float) else value
    compare = ORDERS.get(op, operator.eq)
    return any(
        type(scalar) is type(other) and compare(scalar, other) for other in expression.values
    )


def _values(document: Any, path: tuple[str, ...]) -> list[Any]:
    """What SQL/JSON's lax mode finds at a path: each array met is looked into, one level deep, at
    the end two: by the path's filter, and by the comparison in it."""
    nodes = [document]
    for name in path:
        objects = [node for node in _unwrapped(nodes) if isinstance(node, dict)]
        if name == "@key":
            nodes = [key for node in objects for key in node]
        else:
            nodes = [node[name] for node in objects if name in node]
    return _unwrapped(_unwrapped(nodes))


def _unwrapped(nodes: list[Any]) -> list[Any]:
    return [item for node in nodes for item in (node if isinstance(node, list) else [node])]
