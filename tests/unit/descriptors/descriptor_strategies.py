# SPDX-License-Identifier: Apache-2.0
"""Descriptors made from the dataclasses themselves: any, a full one, and all that differ from one
in a single place."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c"])  # so few that references hit
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | NAMES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=3,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: NAMES,
    int: st.integers(0, 2),
    bool: st.booleans(),
    float: st.sampled_from([0.5, 2.0]),
    Any: JSON,
}


def anything(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return st.builds(kind, **{name: anything(hint) for name, hint in hints(kind).items()})
    if origin is dict:
        return st.dictionaries(NAMES, anything(args[1]), max_size=2)
    if origin is list:
        return st.lists(anything(args[0]), max_size=2)
    if origin in (typing.Union, types.UnionType):
        return st.none() | anything(args[0])
    return SIMPLE[kind]


def full(kind: Any) -> Any:
    """A value in which nothing is empty."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return kind(**{name: full(hint) for name, hint in hints(kind).items()})  # type: ignore[operator]
    if origin is dict:
        return {"a": full(args[1])}
    if origin is list:
        return [full(args[0])]
    if origin in (typing.Union, types.UnionType):
        return full(args[0])
    return {str: "a", int: 1, bool: True, float: 0.5}.get(kind, {"a": [True, {"b": 1}]})


def variants(value: Any, kind: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(where, value) of all that are otherwise in one place: changed, added, removed, or only of
    another type."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        for name, hint in hints(kind).items():
            for place, other in variants(getattr(value, name), hint, f"{path}.{name}"):
                yield place, dataclasses.replace(value, **{name: other})
    elif origin in (typing.Union, types.UnionType):
        yield f"{path} unset", full(args[0]) if value is None else None
        yield from variants(value, args[0], path) if value is not None else ()
    elif isinstance(value, dict):
        yield f"{path} more", {**value, "more": full(args[1] if origin else Any)}
        for key, item in value.items():
            yield (
                f"{path}.{key} less",
                {name: other for name, other in value.items() if name != key},
            )
            yield from (
                (place, {**value, key: other})
                for place, other in variants(item, args[1] if origin else Any, f"{path}.{key}")
            )
    elif isinstance(value, list):
        yield f"{path} more", [*value, full(args[0] if origin else Any)]
        for index, item in enumerate(value):
            yield f"{path}.{index} less", value[:index] + value[index + 1 :]
            yield from (
                (place, [*value[:index], other, *value[index + 1 :]])
                for place, other in variants(item, args[0] if origin else Any, f"{path}.{index}")
            )
    else:
        yield (
            path,
            {str: lambda: value + "x", bool: lambda: not value, type(None): lambda: 1}.get(
                type(value), lambda: value + 1
            )(),
        )
        if kind is Any and isinstance(value, int):
            yield (
                f"{path} in type",
                int(value)
                if isinstance(value, bool)
                else bool(value)
                if value in (0, 1)
                else str(value),
            )


def hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
