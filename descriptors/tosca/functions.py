# SPDX-License-Identifier: Apache-2.0
"""Functions of TOSCA, answered where that can be done before there is an instance (3.10, 4)."""

from __future__ import annotations

from typing import Any

from descriptors.leaves import Tree, mapping, text
from descriptors.tosca.requirements import requirements
from descriptors.tosca.typesystem import Types

_LONG = 100_000  # characters that functions may make
_MOST = 2_000_000  # steps in all: a value may refer to others that refer to others
_DEEP = 20


class Functions:
    """Answers the functions in one topology template: `templates` of nodes by name, `inputs`."""

    def __init__(self, templates: dict[str, Tree], types: Types, inputs: Tree):
        self._templates, self._types, self._inputs = templates, types, inputs
        self._answers: dict[tuple[Any, ...], Any] = {}
        self._budget = _MOST

    def resolve(self, node: str, value: object, depth: int = 0) -> Any:
        """`value` with the functions replaced that can be answered before there is an instance."""
        if not isinstance(value, (dict, list)) or depth > _DEEP or self._budget <= 0:
            return value
        self._budget -= len(value)
        if isinstance(value, list):
            return [self.resolve(node, item, depth) for item in value]
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "get_input":
                return self._input(argument, value)
            if function == "get_property" and isinstance(argument, list) and len(argument) >= 2:
                return self._answer(node, argument, value, depth)
            if function in ("concat", "token") and isinstance(argument, list):
                return _join(
                    function, [self.resolve(node, item, depth + 1) for item in argument], value
                )
        return {key: self.resolve(node, item, depth) for key, item in value.items()}

    def has_input(self, name: str) -> bool:
        """Whether the input has a value before there is an instance."""
        return self._inputs.get(name) is not None

    def _input(self, argument: object, otherwise: object) -> Any:
        """An input, or a place in it: `get_input: name` or `get_input: [ name, key, … ]`."""
        path = argument if isinstance(argument, list) else [argument]
        return _value_at(self._inputs, path, otherwise) if path else otherwise

    def _answer(self, node: str, argument: list[Any], otherwise: object, depth: int) -> Any:
        """An answer that others ask for too is worked out once."""
        if not all(isinstance(part, (str, int)) for part in argument):
            return otherwise
        key = (node if argument[0] == "SELF" else "", *argument)
        if key not in self._answers:
            value = self._property(node, argument, otherwise, depth)
            if value is otherwise:
                return otherwise
            self._answers[key] = value
        return self._answers[key]

    def _property(self, node: str, argument: list[Any], otherwise: object, depth: int) -> Any:
        """[node or SELF, name, …]; the name may be that of a capability, or of a requirement.

        Of a requirement it is its target's property."""
        name = node if argument[0] == "SELF" else text(argument[0])
        raw, path = self._templates.get(name), argument[1:]
        if raw is None or not isinstance(path[0], str):
            return otherwise
        properties = self._types.with_defaults(
            "node_types", text(raw.get("type")), raw.get("properties")
        )
        if path[0] in properties:
            value = _value_at(properties, path, otherwise)
        elif len(path) == 1:
            value = otherwise
        elif target := _target(raw, path[0]):
            further = ["SELF", *path[1:]]
            value = (
                self._property(target, further, otherwise, depth + 1)
                if depth < _DEEP
                else otherwise
            )
        else:
            capability = mapping(mapping(raw.get("capabilities")).get(path[0]))
            value = _value_at(mapping(capability.get("properties")), path[1:], otherwise)
        return otherwise if value is otherwise else self.resolve(name, value, depth + 1)


def _target(raw: Tree, requirement: str) -> str:
    """The target of a node template's first requirement of a name, "" where it has none."""
    for name, target, _ in requirements(raw.get("requirements")):
        if name == requirement:
            return target
    return ""


def _value_at(value: Any, path: list[Any], otherwise: Any) -> Any:
    """The value that keys and indices lead to."""
    for step in path:
        if isinstance(value, dict):
            leads_on = isinstance(step, str | int) and step in value
        else:
            leads_on = isinstance(value, list) and step in range(len(value))
        if not leads_on:
            return otherwise
        value = value[step]
    return value


def _join(function: str, parts: list[Any], otherwise: object) -> Any:
    """concat or token of parts that are known; others, such as get_attribute, only an instance can
    answer."""
    if not all(
        isinstance(part, (str, int, float)) and not isinstance(part, bool) for part in parts
    ):
        return otherwise
    if sum(len(str(part)) for part in parts) > _LONG:
        return otherwise
    if function == "concat":
        return "".join(map(str, parts))
    if len(parts) != 3 or not isinstance(parts[2], int) or not parts[1]:
        return otherwise
    pieces = str(parts[0]).split(str(parts[1]))
    return pieces[parts[2]] if 0 <= parts[2] < len(pieces) else otherwise
