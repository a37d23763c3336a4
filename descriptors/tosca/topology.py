# SPDX-License-Identifier: Apache-2.0
"""A topology template resolved: nodes with defaults and functions filled in, policies, groups,
substitution."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any

from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca import interfaces, policies
from descriptors.tosca.functions import Functions
from descriptors.tosca.imports import Unit
from descriptors.tosca.interfaces import Interfaces
from descriptors.tosca.policies import Policy
from descriptors.tosca.requirements import requirements
from descriptors.tosca.typesystem import Types


@dataclass
class Node:
    """A node template. `requirements` are (name, target's name, as written), in order."""

    name: str
    type: str
    unit: Unit
    properties: Tree = field(default_factory=dict)
    given: Tree = field(default_factory=dict)  # properties without the defaults
    capabilities: dict[str, Tree] = field(default_factory=dict)
    requirements: list[tuple[str, str, Any]] = field(default_factory=list)
    artifacts: dict[str, Tree] = field(default_factory=dict)
    interfaces: Interfaces = field(default_factory=Interfaces)
    origins: dict[str, Unit] = field(default_factory=dict)  # units that name files of its type
    metadata: Tree = field(default_factory=dict)

    def target(self, *names: str) -> str | None:
        """The target of the first requirement of one of these names."""
        return next((target for name, target, _ in self.requirements if name in names), None)

    def targets(self, name: str) -> list[str]:
        """The targets of every requirement of this name, in order."""
        return [target for key, target, _ in self.requirements if key == name]

    def others(self, *read: str) -> Tree:
        """The properties that have a value, but those that are read already."""
        return {
            name: value
            for name, value in self.properties.items()
            if name not in read and value not in (None, {}, [])
        }

    def file(self, name: object) -> str:
        """The path inside the package of a file that the node names, "" for any other."""
        return file_of(self.origins.get(text(name), self.unit), name)

    def at(self, *path: object) -> tuple[int, int]:
        """Line and column of the node, or of a place in it."""
        return self.unit.at("topology_template", "node_templates", self.name, *path)


class Topology:
    """The topology template of one unit, read with `inputs` for its get_input."""

    def __init__(self, unit: Unit, types: Types, inputs: Tree) -> None:
        self.unit, self.types = unit, types
        self._raw = mapping(unit.document.get("topology_template"))
        self._of_type: dict[str, dict[str, Node]] = {}
        declared = {
            name: mapping(item).get("default")
            for name, item in mapping(self._raw.get("inputs")).items()
        }
        defaults = {name: value for name, value in declared.items() if value is not None}
        self._templates = {
            str(name): mapping(item)
            for name, item in mapping(self._raw.get("node_templates")).items()
        }
        self.functions = Functions(self._templates, types, {**defaults, **inputs})
        self.substitution = mapping(self._raw.get("substitution_mappings"))
        self.nodes = {name: self._node(name, item) for name, item in self._templates.items()}
        self.policies = list(policies.read(self._raw.get("policies"), unit, types, self.functions))
        self.groups = {
            str(name): mapping(item) for name, item in mapping(self._raw.get("groups")).items()
        }

    def of_type(self, base: str) -> dict[str, Node]:
        """The nodes whose type is `base` or derived from it. The result is shared: treat it as
        read-only."""
        if base not in self._of_type:
            self._of_type[base] = {
                name: node
                for name, node in self.nodes.items()
                if self.types.is_a("node_types", node.type, base)
            }
        return self._of_type[base]

    def policies_of(self, base: str) -> list[Policy]:
        return [
            policy for policy in self.policies if self.types.is_a("policy_types", policy.type, base)
        ]

    def groups_of(self, base: str) -> dict[str, list[str]]:
        """The members of every group of a type."""
        return {
            name: [text(member) for member in sequence(group.get("members"))]
            for name, group in self.groups.items()
            if self.types.is_a("group_types", group.get("type"), base)
        }

    def mappings(self, key: str = "requirements") -> dict[str, list[str]]:
        """Substitution mappings by name: [node, requirement or capability]; SOL001 writes a map or
        a list of maps."""
        value = self.substitution.get(key)
        entries = [value] if isinstance(value, dict) else map(mapping, sequence(value))
        result = {}
        for entry in entries:
            for name, target in entry.items():
                path = mapping(target).get("mapping") if isinstance(target, dict) else target
                if isinstance(path, list) and path:
                    result[str(name)] = [text(part) for part in path]
        return result

    def expand(self, targets: list[str]) -> list[str]:
        """Names of nodes, groups replaced by their members, each once."""
        members: list[str] = []
        for name in dict.fromkeys(targets):
            group = self.groups.get(name)
            members += [name] if group is None else map(text, sequence(group.get("members")))
        return list(dict.fromkeys(members))

    def _node(self, name: str, raw: Tree) -> Node:
        kind = text(raw.get("type"))
        given = self._given(name, raw)
        properties = self.types.with_defaults("node_types", kind, given)
        node = Node(name, kind, self.unit, properties, given)
        node.capabilities = self._capabilities(name, kind, mapping(raw.get("capabilities")))
        node.requirements = list(requirements(raw.get("requirements")))
        inherited = self.types.merged("node_types", kind, "artifacts")
        artifacts = {**inherited, **mapping(raw.get("artifacts"))}
        node.artifacts = {key: self._artifact(name, value) for key, value in artifacts.items()}
        node.interfaces = interfaces.of_node(self.types, kind, raw.get("interfaces"))
        node.interfaces.operations = mapping(
            self.functions.resolve(name, node.interfaces.operations)
        )
        node.origins = self._origins(kind, raw)
        node.metadata = mapping(raw.get("metadata"))
        return node

    def _given(self, node: str, raw: Tree) -> Tree:
        """The properties that the template itself assigns; inputs without a value are none."""
        properties = mapping(self.functions.resolve(node, mapping(raw.get("properties"))))
        return {key: value for key, value in properties.items() if not _is_open_input(value)}

    def _capabilities(self, node: str, kind: str, raw: Tree) -> dict[str, Tree]:
        result = {}
        for name, definition in self.types.merged("node_types", kind, "capabilities").items():
            properties = mapping(mapping(raw.get(name)).get("properties"))
            assigned = mapping(self.functions.resolve(node, properties))
            if not isinstance(definition, str):
                definition = mapping(definition).get("type")
            of = text(definition)
            result[name] = self.types.with_defaults("capability_types", of, assigned)
        return result

    def _artifact(self, node: str, value: object) -> Tree:
        """{file, type, properties}; the short notation is the file alone, relative to the unit."""
        artifact: Tree = {"file": value} if isinstance(value, str) else {**mapping(value)}
        artifact["properties"] = mapping(artifact.get("properties"))
        return dict(mapping(self.functions.resolve(node, artifact)))

    def _origins(self, kind: str, raw: Tree) -> dict[str, Unit]:
        """The units that name the files of a node's types, where they lie elsewhere.

        Files are named relative to the unit that names them."""
        origins: dict[str, Unit] = {}
        for name in reversed(self.types.lineage("node_types", kind)):
            unit = self.types.origin.get(("node_types", name))
            if unit is None or _folder(unit) == _folder(self.unit):
                continue
            definition = self.types.sections["node_types"].get(name, {})
            origins.update(dict.fromkeys(_files(definition), unit))
        own = _files(raw)
        return {name: unit for name, unit in origins.items() if name not in own}


def _is_open_input(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"get_input"}


def _folder(unit: Unit) -> str:
    return posixpath.dirname(unit.path)


def _files(definition: Tree) -> set[str]:
    """Every string in which a node or its type may name a file."""
    return _strings((definition.get("artifacts"), definition.get("interfaces")))


def file_of(unit: Unit, value: object) -> str:
    """The path inside the package of a file named in `unit`, "" for any other."""
    name = text(value)
    if not name or "://" in name or name.startswith("/"):
        return ""
    path = posixpath.normpath(posixpath.join(_folder(unit), name))
    return "" if path.startswith("..") else path


def _strings(value: object) -> set[str]:
    """Every string in a value."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(_strings, value)) if isinstance(value, (list, tuple)) else set()
