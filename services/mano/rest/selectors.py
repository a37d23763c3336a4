# SPDX-License-Identifier: Apache-2.0
"""Attribute selectors (SOL013 5.3): which attributes of a resource a list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mano.problems import Problem
from mano.rest.attributes import Attribute

PARAMETERS = ("all_fields", "fields", "exclude_fields", "exclude_default")

Tree = dict[str, Any]  # name -> Tree; an empty one means: the attribute as a whole
Selector = Callable[[dict[str, Any]], dict[str, Any]]


def selector(
    query: dict[str, str], attributes: Attribute, leave_out: Iterable[str] = ()
) -> Selector:
    """What reduces a resource to what the query asks for; Problem 400 on unknown names and odd
    combinations.

    `leave_out` names what the standard leaves out of this resource by default ("metadata",
    "parts/tags")."""
    asked = [name for name in PARAMETERS if name in query]
    if len(asked) > 1 and set(asked) != {"fields", "exclude_default"}:
        raise Problem(400, f"The query parameters {' and '.join(asked)} exclude each other.")
    default = _tree(leave_out)
    if "all_fields" in query:
        return lambda resource: resource
    if "exclude_fields" in query:
        left_out = _asked(query["exclude_fields"], attributes)
        return lambda resource: _without(resource, left_out, attributes)
    if "fields" in query:
        chosen = _asked(query["fields"], attributes)
        if "exclude_default" in query:
            remaining = _minus(default, chosen)
            return lambda resource: _without(resource, remaining, attributes)
        return lambda resource: _only(resource, chosen, attributes)
    return lambda resource: _without(resource, default, attributes)


def names(text: str) -> tuple[str, ...]:
    """The path an attribute name stands for: `a/b`; ~0 ~1 ~a ~b stand for the characters ~ / , and
    @."""
    parts = text.split("/")
    return tuple(_unescaped(part) if part != "@key" else part for part in parts)


def _unescaped(part: str) -> str:
    return part.replace("~b", "@").replace("~a", ",").replace("~1", "/").replace("~0", "~")


def _asked(text: str, attributes: Attribute) -> Tree:
    for name in text.split(","):
        attributes.at(names(name))
    return _tree(text.split(","))


def _tree(paths: Iterable[str]) -> Tree:
    root: Tree = {}
    ends: list[Tree] = []
    for path in paths:
        node = root
        for name in names(path):
            node = node.setdefault(name, {})
        ends.append(node)
    for node in ends:  # "a" beside "a/b" means all of a
        node.clear()
    return root


def _minus(tree: Tree, taken: Tree) -> Tree:
    return {
        name: _minus(below, taken[name]) if below and taken.get(name) else below
        for name, below in tree.items()
        if name not in taken or (taken[name] and below)
    }


def _without(value: object, left_out: Tree, attribute: Attribute) -> Any:
    if not left_out:
        return value
    if isinstance(value, list):
        return [_without(item, left_out, attribute) for item in value]
    if not isinstance(value, dict):
        return value
    selection = {}
    for name, below in value.items():
        child = attribute.child(name) or Attribute({})
        if name not in left_out:
            selection[name] = below
        elif left_out[name]:
            selection[name] = _without(below, left_out[name], child)
        elif child.required:
            selection[name] = below
    return selection


def _only(value: object, chosen: Tree, attribute: Attribute) -> Any:
    if isinstance(value, list):
        return [_only(item, chosen, attribute) for item in value]
    if not isinstance(value, dict):
        return value
    selection = {}
    for name, below in value.items():
        child = attribute.child(name) or Attribute({})
        if name in chosen:
            selection[name] = _only(below, chosen[name], child) if chosen[name] else below
        elif child.required:
            selection[name] = below
    return selection
