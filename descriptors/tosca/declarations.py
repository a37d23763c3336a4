# SPDX-License-Identifier: Apache-2.0
"""The words a document itself uses: TOSCA's version and keys, and that type definitions name types
that are defined."""

from __future__ import annotations

from typing import Any

from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca import vocabulary
from descriptors.tosca.imports import Unit
from descriptors.tosca.typesystem import Types
from descriptors.tosca.values import Values

_PARTS = (
    ("capabilities", "type", "capability_types"),
    ("interfaces", "type", "interface_types"),
    ("artifacts", "type", "artifact_types"),
)
_LINKS = (
    ("capability", "capability_types"),
    ("node", "node_types"),
    ("relationship", "relationship_types"),
)


def check(units: list[Unit], types: Types, findings: Findings) -> None:
    """Every unit of the package; our own type files are taken as they are."""
    for unit in units:
        if not unit.own:
            document = _Document(unit, types, findings)
            document.version()
            document.keys()
            document.shapes()
            document.types()


TOPOLOGY_SHAPE: dict[str, type] = {
    "inputs": dict,
    "node_templates": dict,
    "groups": dict,
    "outputs": dict,
    "policies": list,
}
NODE_SHAPE: dict[str, type] = {
    "properties": dict,
    "capabilities": dict,
    "requirements": list,
    "artifacts": dict,
    "interfaces": dict,
}
GROUP_SHAPE: dict[str, type] = {"members": list, "properties": dict}
POLICY_SHAPE: dict[str, type] = {"targets": list, "properties": dict, "triggers": dict}


class _Document:
    def __init__(self, unit: Unit, types: Types, findings: Findings) -> None:
        self.unit, self.known, self._findings = unit, types, findings
        self._values = Values(unit, types, findings)

    def version(self) -> None:
        version = self.unit.document.get("tosca_definitions_version")
        if version not in vocabulary.VERSIONS:
            self._error(
                "tosca-version",
                f"tosca_definitions_version is {text(version) or 'missing'}",
                closest(version, vocabulary.VERSIONS),
                ["tosca_definitions_version"],
            )

    def keys(self) -> None:
        """Keys TOSCA does not know: nothing else would ever read them."""
        topology = self.unit.document.get("topology_template")
        self._keys(self.unit.document, vocabulary.TEMPLATE, [])
        self._keys(topology, vocabulary.TOPOLOGY, ["topology_template"])
        topology = mapping(topology)
        for name, node in mapping(topology.get("node_templates")).items():
            self._keys(node, vocabulary.NODE, ["topology_template", "node_templates", name])
        for name, group in mapping(topology.get("groups")).items():
            self._keys(group, vocabulary.GROUP, ["topology_template", "groups", name])
        self._keys(
            topology.get("substitution_mappings"),
            vocabulary.SUBSTITUTION,
            ["topology_template", "substitution_mappings"],
        )
        for index, entry in enumerate(sequence(topology.get("policies"))):
            for name, policy in mapping(entry).items():
                self._keys(
                    policy, vocabulary.POLICY, ["topology_template", "policies", index, name]
                )

    def shapes(self) -> None:
        """What is a map or a list in TOSCA must be one, or it would be passed over."""
        topology = mapping(self.unit.document.get("topology_template"))
        top = ["topology_template"]
        self._shape(topology, top, TOPOLOGY_SHAPE)
        for name, node in mapping(topology.get("node_templates")).items():
            self._shape(mapping(node), [*top, "node_templates", name], NODE_SHAPE)
        for name, group in mapping(topology.get("groups")).items():
            self._shape(mapping(group), [*top, "groups", name], GROUP_SHAPE)
        for index, entry in enumerate(sequence(topology.get("policies"))):
            for name, policy in mapping(entry).items():
                self._shape(mapping(policy), [*top, "policies", index, name], POLICY_SHAPE)
        for key, value in mapping(topology.get("substitution_mappings")).items():
            self._mappings(str(key), value)

    def _mappings(self, key: str, entries: object) -> None:
        """Each substitution mapping is a list of a node and what it is of it, or a map with such a
        `mapping`."""
        if key not in ("requirements", "capabilities"):
            return
        path = ["topology_template", "substitution_mappings", key]
        for index, entry in enumerate(
            [entries] if isinstance(entries, dict) else sequence(entries)
        ):
            for name, target in mapping(entry).items():
                target = mapping(target).get("mapping") if isinstance(target, dict) else target
                if not isinstance(target, list):
                    word = "requirement" if key == "requirements" else "capability"
                    self._error(
                        "tosca-value-type",
                        f"the mapping of {name} is {target!r:.60}, not [ node, name ]",
                        f"write `{name}: [ <node>, <{word} of it> ]`",
                        [*path, name] if isinstance(entries, dict) else [*path, index, name],
                    )

    def _shape(self, holder: Tree, path: list[Any], kinds: dict[str, type]) -> None:
        for key, kind in kinds.items():
            value = holder.get(key)
            if value is not None and not isinstance(value, kind):
                word, example = ("map", "name: …") if kind is dict else ("list", "- …")
                shape = "a map" if isinstance(value, dict) else repr(value)[:60]
                self._error(
                    "tosca-value-type",
                    f"{key} of {path[-1]} is {shape}, not a {word}",
                    f"a {word}: write `{example}` lines",
                    [*path, key],
                )

    def _keys(self, value: object, keys: tuple[str, ...], path: list[Any]) -> None:
        if value is not None and not isinstance(value, dict):
            self._error("tosca-value-type", f"{path[-1]} is no map", "write `name: …` lines", path)
        for name in mapping(value):
            if name not in keys:
                self._unknown_key(name, keys, [*path, name])

    def _unknown_key(self, name: str, keys: tuple[str, ...], path: list[Any]) -> None:
        """One that is like a known key may be meant as that; any other is read by nothing."""
        hint, message = closest(name, keys), f"{name!r} is no key of TOSCA here"
        if hint.startswith("did you mean"):
            self._error("tosca-unknown-key", message, hint, path)
            return
        at = self.unit.at(*path)
        words = f"{message}: nothing reads it"
        self._findings.by_profile("tosca-stray-key", self.unit.path, words, hint, at)

    def types(self) -> None:
        for section in vocabulary.SECTIONS:
            for name, definition in mapping(self.unit.document.get(section)).items():
                if isinstance(definition, dict):
                    self._type(section, str(name), definition)
                elif definition is not None:
                    self._error(
                        "tosca-value-type",
                        f"the type {name} is no map",
                        "write derived_from",
                        [section, name],
                    )

    def _type(self, section: str, name: str, definition: Tree) -> None:
        parent = definition.get("derived_from")
        if parent is not None:
            self._name(
                "tosca-unknown-parent",
                section,
                parent,
                f"{name} is derived from",
                [section, name, "derived_from"],
            )
        self._properties(section, name, definition)
        for key, inner, of in _PARTS:
            for item, part in mapping(definition.get(key)).items():
                kind = part if isinstance(part, str) else mapping(part).get(inner)
                if kind is not None:
                    self._name(
                        "tosca-unknown-type",
                        of,
                        kind,
                        f"{name}: {item} is of type",
                        [section, name, key, item],
                    )
        for index, entry in enumerate(sequence(definition.get("requirements"))):
            for item, part in mapping(entry).items():
                for inner, of in _LINKS:
                    kind = mapping(part).get(inner)
                    kind = mapping(kind).get("type") if isinstance(kind, dict) else kind
                    if kind is not None:
                        self._name(
                            "tosca-unknown-type",
                            of,
                            kind,
                            f"{name}: {item} has {inner}",
                            [section, name, "requirements", index, item, inner],
                        )

    def _properties(self, section: str, name: str, definition: Tree) -> None:
        merged = self.known.properties(section, name)
        for item, schema in mapping(definition.get("properties")).items():
            path = [section, name, "properties", item]
            if not isinstance(schema, dict):
                self._error(
                    "tosca-value-type",
                    f"{name}: the property {item} is no map",
                    "write `{ type: … }`",
                    path,
                )
                continue
            if not isinstance(schema.get("required", True), bool):
                message = f"{name}: `required` of {item} is {schema['required']!r:.60}"
                self._error("tosca-value-type", message, "write true or false", [*path, "required"])
            for kind in (schema.get("type"), _entry(schema)):
                if kind is not None:
                    self._name(
                        "tosca-unknown-data-type",
                        "data_types",
                        kind,
                        f"{name}: {item} is of type",
                        path,
                    )
            if "type" not in merged.get(item, {}) and not self.known.is_broken(section, name):
                self._error(
                    "tosca-no-type", f"{name}: the property {item} has no type", "give it one", path
                )
            if schema.get("default") is not None:
                self._values.value(
                    merged.get(item, {}), schema["default"], [*path, "default"], f"{name}.{item}"
                )

    def _name(self, rule: str, section: str, name: object, label: str, path: list[Any]) -> None:
        names = self.known.sections[section]
        if text(name) not in names and text(name) not in vocabulary.OWN[section]:
            self._error(
                rule,
                f"{label} {text(name) or name!r}, which is not defined",
                closest(name, [*names, *vocabulary.OWN[section]]),
                path,
            )

    def _error(self, rule: str, message: str, hint: str, path: list[Any]) -> None:
        self._findings.error(rule, self.unit.path, message, hint, self.unit.at(*path))


def _entry(schema: Tree) -> Any:
    entry = schema.get("entry_schema")
    return entry if isinstance(entry, str) else mapping(entry).get("type")
