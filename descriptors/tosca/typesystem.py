# SPDX-License-Identifier: Apache-2.0
"""The types of a descriptor: what is derived from what, and which properties a type has, inherited
ones included."""

from __future__ import annotations

from typing import Any

from descriptors.findings import Findings
from descriptors.leaves import Tree, mapping, text
from descriptors.tosca.imports import Unit
from descriptors.tosca.vocabulary import OWN, SECTIONS

_MAX_DEPTH = 30
_LONGEST = 50  # generations; SOL001 has five


class Types:
    """All type definitions of the units; where two define a name the package's own wins over
    ours."""

    def __init__(self, units: list[Unit], findings: Findings) -> None:
        self.sections: dict[str, Tree] = {section: {} for section in SECTIONS}
        self.origin: dict[tuple[str, str], Unit] = {}
        for unit in sorted(units, key=lambda unit: not unit.own):
            for section in SECTIONS:
                for name, definition in mapping(unit.document.get(section)).items():
                    if isinstance(definition, dict):
                        self.sections[section][str(name)] = definition
                        self.origin[section, str(name)] = unit
        self._properties: dict[tuple[str, str], Tree] = {}
        self._merged: dict[tuple[str, str, str], Tree] = {}
        self._lineages: dict[tuple[str, str], list[str]] = {}
        self._break_cycles(findings)

    def lineage(self, section: str, name: object) -> list[str]:
        """The type, its parent and so on, as far as they are defined here; the last one may be
        TOSCA's own."""
        if not isinstance(name, str) or not name:
            return []
        if (section, name) not in self._lineages:
            self._lineages[section, name] = self._walk(section, name)
        return self._lineages[section, name]

    def _walk(self, section: str, name: object) -> list[str]:
        names: dict[str, None] = {}
        while isinstance(name, str) and name and name not in names and len(names) < _LONGEST:
            names[name] = None
            name = self.sections[section].get(name, {}).get("derived_from")
        return list(names)

    def is_a(self, section: str, name: object, base: str) -> bool:
        """The type is `base` or derived from it."""
        return base in self.lineage(section, name)

    def is_broken(self, section: str, name: str) -> bool:
        """Something it is derived from is not defined, so what it inherits cannot be told."""
        last = (self.lineage(section, name) or [name])[-1]
        return last not in self.sections[section] and last not in OWN[section]

    def merged(self, section: str, name: str, key: str) -> Tree:
        """`properties`, `capabilities`, … of the type with all it inherits; a refinement adds to
        what it refines.

        The result is shared: treat it as read-only.
        """
        if (section, name, key) not in self._merged:
            self._merged[section, name, key] = self._merge(section, name, key)
        return self._merged[section, name, key]

    def _merge(self, section: str, name: str, key: str) -> Tree:
        result: Tree = {}
        for ancestor in reversed(self.lineage(section, name)):
            for item, definition in _named(self.sections[section].get(ancestor, {}).get(key)):
                inherited = result.get(item)
                both = isinstance(definition, dict) and isinstance(inherited, dict)
                result[item] = {**inherited, **definition} if both else definition  # type: ignore[dict-item]
        return result

    def properties(self, section: str, name: str) -> Tree:
        """The property definitions of a type by name, inherited ones included."""
        key = (section, name)
        if key not in self._properties:
            properties = self.merged(section, name, "properties")
            self._properties[key] = {
                item: mapping(definition) for item, definition in properties.items()
            }
        return self._properties[key]

    def with_defaults(self, section: str, name: str, values: object) -> Tree:
        """The values given, and the defaults of the type for those that are not."""
        result = dict(mapping(values))
        for item, definition in self.properties(section, name).items():
            if item in result:
                result[item] = self._fill(definition, result[item], 0)
            elif "default" in definition:
                result[item] = definition["default"]
        return result

    def defaults(self, data_type: object, depth: int = 0) -> Tree:
        """What a value of the data type holds when nothing is given: defaults, also those of nested
        types."""
        result = {}
        for item, definition in self.properties("data_types", str(data_type)).items():
            if "default" in definition:
                result[item] = definition["default"]
            elif (
                text(definition.get("type")) in self.sections["data_types"]
                and depth < _MAX_DEPTH
                and (nested := self.defaults(definition["type"], depth + 1))
            ):
                result[item] = nested
        return result

    def _fill(self, definition: Tree, value: object, depth: int) -> Any:
        kind = text(definition.get("type"))
        if depth > _MAX_DEPTH:
            return value
        if isinstance(value, dict) and kind in self.sections["data_types"]:
            filled = dict(value)
            for item, inner in self.properties("data_types", kind).items():
                if item in filled:
                    filled[item] = self._fill(inner, filled[item], depth + 1)
                elif "default" in inner:
                    filled[item] = inner["default"]
            return filled
        entry = definition.get("entry_schema")
        entry = {"type": entry} if isinstance(entry, str) else mapping(entry)
        if isinstance(value, list):
            return [self._fill(entry, item, depth + 1) for item in value]
        if isinstance(value, dict) and kind == "map":
            return {name: self._fill(entry, item, depth + 1) for name, item in value.items()}
        return value

    def _break_cycles(self, findings: Findings) -> None:
        """A type that is its own ancestor, or has far too many, is reported and cut off, so that
        nothing below can run for ever."""
        for section, types in self.sections.items():
            for name in list(types):
                last = (self.lineage(section, name) or [name])[-1]
                parent = types.get(last, {}).get("derived_from")
                if not isinstance(parent, str) or parent not in types:
                    continue
                unit, cycle = self.origin[section, last], parent in self.lineage(section, name)
                findings.error(
                    "tosca-type-cycle" if cycle else "tosca-type-depth",
                    unit.path,
                    f"{last} is derived from itself by way of {parent}"
                    if cycle
                    else f"{name} has more than {_LONGEST} ancestors, {last} is one of them",
                    "correct derived_from",
                    unit.at(section, last, "derived_from"),
                )
                types[last] = {
                    key: value for key, value in types[last].items() if key != "derived_from"
                }
                self._lineages.clear()


def _named(value: object) -> list[tuple[str, Any]]:
    """The entries of a map, or of a list of maps as `requirements` are written."""
    if isinstance(value, dict):
        return [(str(name), item) for name, item in value.items()]
    if isinstance(value, list):
        return [
            (str(name), item)
            for entry in value
            if isinstance(entry, dict)
            for name, item in entry.items()
        ]
    return []
