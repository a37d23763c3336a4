# SPDX-License-Identifier: Apache-2.0
"""The attributes of a resource as its schema names them: what filters and selectors may speak
of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mano.problems import Problem


class Attribute:
    """A node of the attribute tree. Arrays are looked through: the children are those of their
    items."""

    def __init__(self, schema: dict[str, Any], required: bool = False):
        self.schema, self.required = schema, required

    @cached_property
    def type(self) -> str:
        """ "string", "integer", "number", "boolean", "object", or "" where the schema leaves it
        open."""
        stated = next(
            (part["type"] for part in self._parts if part.get("type") not in (None, "array")), ""
        )
        return stated or ("object" if self.children else "")

    @cached_property
    def format(self) -> str:
        """ "date-time" and the like."""
        return next((part["format"] for part in self._parts if "format" in part), "")

    @cached_property
    def children(self) -> dict[str, Attribute]:
        """The named attributes of an object."""
        children: dict[str, Attribute] = {}
        for part in self._parts:
            for name, schema in part.get("properties", {}).items():
                if name not in children or name in part.get("required", ()):
                    children[name] = Attribute(schema, name in part.get("required", ()))
        return children

    def child(self, name: str) -> Attribute | None:
        """The attribute of that name; of a map: of any key."""
        if name in self.children:
            return self.children[name]
        for part in self._parts:
            extra = part.get(
                "additionalProperties", not self.children and part.get("type") in (None, "object")
            )
            if extra is not False:
                return Attribute(extra if isinstance(extra, dict) else {})
        return None

    def at(self, path: tuple[str, ...]) -> Attribute:
        """The attribute at a path; Problem 400 if there is none."""
        node = self
        for depth, name in enumerate(path):
            if name == "@key":
                return Attribute({"type": "string"})
            below = node.child(name)
            if below is None:
                parent, names = (
                    "/".join(path[:depth]) or "the resource",
                    ", ".join(node.children) or "none",
                )
                raise Problem(
                    400,
                    f"There is no attribute {'/'.join(path[: depth + 1])!r}; {parent} has {names}.",
                )
            node = below
        return node

    @cached_property
    def _parts(self) -> list[dict[str, Any]]:
        return list(_parts(self.schema, []))


def _parts(schema: dict[str, Any], seen: list[int]) -> Iterator[dict[str, Any]]:
    """The schema itself, the items of an array, and what allOf, anyOf and oneOf are made of."""
    if id(schema) in seen:
        return
    seen.append(id(schema))
    if schema.get("type") == "array" or "items" in schema:
        yield from _parts(schema.get("items", {}), seen)
        return
    combined = [part for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, ())]
    if not combined or len(schema) > 1:
        yield schema
    for part in combined:
        yield from _parts(part, seen)
