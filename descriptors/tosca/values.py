# SPDX-License-Identifier: Apache-2.0
"""Values against what their type says: kind, names, what is required, constraints (TOSCA Simple
Profile 1.3, 3.3, 3.6).

tosca-parser lets most of this pass or stumbles over it; here every finding has the line and column
of the value."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable
from typing import Any

from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca.imports import Unit
from descriptors.tosca.typesystem import Types
from descriptors.units import UNITS, number

FUNCTIONS = (
    "get_input",
    "get_property",
    "get_attribute",
    "get_operation_output",
    "get_nodes_of_type",
    "get_artifact",
    "concat",
    "token",
)
# A map with one of these keys alone is a function only if a list follows.
LISTED = ("concat", "token")
_DEEP = 40
OLD_BOOLEANS = ("yes", "no", "on", "off")  # YAML 1.1's


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _range(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and _whole(value[0])
        and (value[1] == "UNBOUNDED" or (_whole(value[1]) and value[0] <= value[1]))
    )


def _scalar(units: Tree, value: object) -> bool:
    return isinstance(value, str) and number(value, units) is not None


def _is(*kinds: type) -> Callable[[Any], bool]:
    """A test for values of these kinds; true and false are no numbers."""

    def test(value: object) -> bool:
        return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))

    return test


def _boolean(value: object) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


EXAMPLES = ("1 GiB", "10 s", "1 Gbps", "2 GHz")
SCALARS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    name: (f"a {name} with its unit, such as {example}", functools.partial(_scalar, units))
    for (name, units), example in zip(UNITS.items(), EXAMPLES, strict=True)
}
PRIMITIVES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "string": ("a string", _is(str)),
    "integer": ("a whole number", _whole),
    "float": ("a number", _is(int, float)),
    "boolean": ("true or false", _boolean),
    "timestamp": ("a timestamp", _is(str)),
    "version": ("a version", _is(str, float, int)),
    "range": ("a range [low, high]", _range),
    "list": ("a list", _is(list)),
    "map": ("a map", _is(dict)),
    **SCALARS,
}


# Properties that may be absent by the profile `field`, by rule: what then counts.
OPTIONAL = {
    "tosca-missing-description": "which nothing depends on",
    "tosca-missing-protocol": "so its layer_protocols count, and addresses are assigned",
}


OPTIONAL_NAMES = ("description", "protocol")


def optional(name: str, definition: object) -> str:
    """The rule by which a required property may be absent, "" where it may not."""
    if name.endswith("description") and mapping(definition).get("type") == "string":
        return "tosca-missing-description"
    if name != "protocol":
        return ""
    entry = mapping(definition).get("entry_schema")
    kind = entry if isinstance(entry, str) else mapping(entry).get("type")
    is_of_cp = kind == "tosca.datatypes.nfv.CpProtocolData"
    return "tosca-missing-protocol" if is_of_cp else ""


def is_function(value: object) -> bool:
    """The value is a function of TOSCA, to be resolved later."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((name, argument),) = value.items()
    return name in FUNCTIONS and (name not in LISTED or isinstance(argument, list))


class Values:
    """Checks values that stand in one unit. `path` says where: keys and indices from the top of the
    unit."""

    def __init__(self, unit: Unit, types: Types, findings: Findings) -> None:
        self._unit, self._types, self._findings = unit, types, findings

    def properties(
        self,
        definitions: Tree,
        values: object,
        path: list[Any],
        of: str,
        complete: bool = True,
        depth: int = 0,
    ) -> None:
        """A map of properties against their definitions; `complete`: none that is required may be
        missing."""
        if values is not None and not isinstance(values, dict):
            self._error(
                "tosca-value-type",
                f"{of} is {_shown(values)}, not a map",
                path,
                "write `name: value` lines",
            )
            return
        for name, value in mapping(values).items():
            if name in definitions:
                self.value(mapping(definitions[name]), value, [*path, name], f"{of}.{name}", depth)
            else:
                self._error(
                    "tosca-unknown-property",
                    f"{of} has no property {name!r}",
                    [*path, name],
                    closest(name, definitions),
                )
        absent = [
            name
            for name, definition in definitions.items()
            if name not in mapping(values)
            and mapping(definition).get("required", True) is True
            and "default" not in mapping(definition)
        ]
        if complete and absent:
            self._absent(absent, definitions, path, of)

    def _absent(self, names: list[str], definitions: Tree, path: list[Any], of: str) -> None:
        """Required properties without a value; some change nothing that is made."""
        for rule, message in OPTIONAL.items():
            if some := [name for name in names if optional(name, definitions[name]) == rule]:
                words = f"{of} lacks {', '.join(some)}, {message}"
                self._by_profile(rule, words, path, f"give {some[0]} a value")
        if others := [name for name in names if not optional(name, definitions[name])]:
            self._error(
                "tosca-missing-property",
                f"{of} lacks what is required: {', '.join(others)}",
                path,
                f"give {others[0]} a value",
            )

    def value(
        self, definition: Tree, value: object, path: list[Any], label: str, depth: int = 0
    ) -> None:
        """One value against a property definition or entry schema."""
        if is_function(value) or depth > _DEEP:
            return
        if value is None:
            if definition.get("required", True) is True and "default" not in definition:
                self._error(
                    "tosca-value-type",
                    f"{label} has no value",
                    path,
                    "give it one, or leave it out",
                )
            return
        kind = text(definition.get("type"))
        lineage = self._types.lineage("data_types", kind)
        primitive = next((name for name in lineage if name in PRIMITIVES), None)
        constraints = [
            item
            for name in lineage
            for item in sequence(
                self._types.sections["data_types"].get(name, {}).get("constraints")
            )
        ]
        if primitive is not None:
            self._primitive(primitive, definition, value, path, label, depth)
        elif kind in self._types.sections["data_types"]:
            self.properties(
                self._types.properties("data_types", kind), value, path, label, depth=depth + 1
            )
        else:
            return  # one of TOSCA's own data types: tosca-parser knows them
        if primitive == "string" and _is(int, float)(value):
            value = str(value)
        self._constraints(
            [*constraints, *sequence(definition.get("constraints"))],
            primitive or "",
            value,
            path,
            label,
        )

    def _primitive(
        self,
        kind: str,
        definition: Tree,
        value: object,
        path: list[Any],
        label: str,
        depth: int,
    ) -> None:
        words, fits = PRIMITIVES[kind]
        if kind == "string" and _is(int, float)(value) and self._unit.written(*path) == str(value):
            message = f"{label} is the number {value}, read as the text {str(value)!r}"
            self._by_profile("tosca-number-for-string", message, path, "write it in quotes")
            return
        if not fits(value):
            self._error(
                "tosca-value-type",
                f"{label} is {_shown(value)}, not {words}",
                path,
                f"its type is {kind}{_quotes(kind, value)}",
            )
            return
        schema = definition.get("entry_schema")
        schema = {"type": schema} if isinstance(schema, str) else mapping(schema)
        if schema and isinstance(value, list) and kind == "list":
            for index, item in enumerate(value):
                self.value(schema, item, [*path, index], f"{label}[{index}]", depth + 1)
        elif schema and isinstance(value, dict):
            for name, item in value.items():
                self.value(schema, item, [*path, name], f"{label}.{name}", depth + 1)

    def _constraints(
        self, constraints: list[Any], kind: str, value: object, path: list[Any], label: str
    ) -> None:
        for constraint in constraints:
            for name, operand in mapping(constraint).items():
                if (holds := _holds(str(name), operand, kind, value)) is None:
                    message = f"{label} is {_shown(value)}, which {name} cannot be asked of"
                    hint = f"its constraint is {name}: {_shown(operand)}"
                    self._error("tosca-constraint", message, path, hint)
                elif not holds:
                    allowed = (
                        [text(item) for item in sequence(operand)] if name == "valid_values" else []
                    )
                    self._error(
                        "tosca-constraint",
                        f"{label} is {_shown(value)}, allowed is {name}: {_shown(operand)}",
                        path,
                        closest(value, allowed) if allowed else "",
                    )

    def _by_profile(self, rule: str, message: str, path: list[Any], hint: str) -> None:
        self._findings.by_profile(rule, self._unit.path, message, hint, self._unit.at(*path))

    def _error(self, rule: str, message: str, path: list[Any], hint: str = "") -> None:
        self._findings.error(rule, self._unit.path, message, hint, self._unit.at(*path))


CONSTRAINTS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "greater_than": operator.gt,
    "greater_or_equal": operator.ge,
    "less_than": operator.lt,
    "less_or_equal": operator.le,
    "in_range": lambda value, operand: _within(value, operand),
    "valid_values": lambda value, operand: is_function(operand) or value in operand,
    "length": lambda value, operand: len(value) == operand,
    "min_length": lambda value, operand: len(value) >= operand,
    "max_length": lambda value, operand: len(value) <= operand,
}


def _holds(name: str, operand: object, kind: str, value: object) -> bool | None:
    """The constraint holds, or cannot be told here: a pattern is for tosca-parser, with limits.

    None where it makes no sense of such a value."""
    if name not in CONSTRAINTS:
        return True
    try:
        if kind in UNITS:
            value, operand = number(value, UNITS[kind]), _scaled(operand, UNITS[kind])
        return bool(CONSTRAINTS[name](value, operand))
    except TypeError:
        fits = kind in ("string", "integer", "float") and PRIMITIVES[kind][1](value)
        return None if fits and not is_function(operand) else True
    except (IndexError, KeyError, ValueError, OverflowError):
        return True  # the constraint itself is not one: a finding of the type


def _within(value: Any, operand: Any) -> bool:
    low, high = operand
    for item in value if isinstance(value, list) else [value]:
        item = high if item == "UNBOUNDED" else item
        if (low != "UNBOUNDED" and item < low) or (high != "UNBOUNDED" and item > high):
            return False
    return True


def _scaled(operand: object, units: Tree) -> Any:
    if isinstance(operand, list):
        return [_scaled(item, units) for item in operand]
    amount = number(operand, units)
    return operand if amount is None else amount


def _quotes(kind: str, value: object) -> str:
    """What YAML makes of `"1"` and `on` surprises people."""
    if (
        kind in ("integer", "float")
        and isinstance(value, str)
        and re.fullmatch(r"-?[0-9.]{1,30}", value)
    ):
        return ", write it without quotes"
    if kind == "boolean" and isinstance(value, str) and value.lower() in OLD_BOOLEANS:
        return ", write true or false: YAML 1.2 knows no other words"
    return (
        ", write it in quotes" if kind == "string" and isinstance(value, (bool, int, float)) else ""
    )


def _shown(value: object) -> str:
    words = repr(value)
    return words if len(words) <= 60 else words[:60] + "…"
