# SPDX-License-Identifier: Apache-2.0
"""A topology template resolved: nodes with defaults and functions filled in, policies, groups,
substitution."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any

from descriptors.findings import Findings
from descriptors.leaves import mapping, sequence, text
from descriptors.tosca import interfaces
from descriptors.tosca.imports import Unit
from descriptors.tosca.interfaces import Interfaces
from descriptors.tosca.typesystem import Types

_LONG = 100_000  # characters that functions may make
_MOST = 2_000_000  # steps in which functions are answered: a value that refers to others that refer to others …


@dataclass
class Node:
    """A node template. `requirements` are (name, target's name, as written), in order."""

    name: str
    type: str
    unit: Unit
    properties: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)  # properties without the defaults
    capabilities: dict[str, dict[str, Any]] = field(default_factory=dict)
    requirements: list[tuple[str, str, Any]] = field(default_factory=list)
    artifacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    interfaces: Interfaces = field(default_factory=Interfaces)
    origins: dict[str, Unit] = field(
        default_factory=dict
    )  # of files that the node's type names: where it does
    metadata: dict[str, Any] = field(default_factory=dict)

    def target(self, *names: str) -> str | None:
        """The target of the first requirement of one of these names."""
        return next((target for name, target, _ in self.requirements if name in names), None)

    def targets(self, name: str) -> list[str]:
        """The targets of every requirement of this name, in order."""
        return [target for found, target, _ in self.requirements if found == name]

    def others(self, *read: str) -> dict[str, Any]:
        """The properties that have a value, but those that are read already."""
        return {
            name: value
            for name, value in self.properties.items()
            if name not in read and value not in (None, {}, [])
        }

    def file(self, written: Any) -> str:
        """The path inside the package of a file that the node names, "" where it is none of the
        package's."""
        return file_of(self.origins.get(text(written), self.unit), written)

    def at(self, *path: Any) -> tuple[int, int]:
        """Line and column of the node, or of a place in it."""
        return self.unit.at("topology_template", "node_templates", self.name, *path)


@dataclass
class Policy:
    """A policy; `targets` are names of nodes or groups."""

    name: str
    type: str
    properties: dict[str, Any]
    targets: list[str]
    index: int
    triggers: dict[str, Any] = field(default_factory=dict)


class Topology:
    """The topology template of one unit, read with `inputs` for its get_input."""

    def __init__(self, unit: Unit, types: Types, inputs: dict[str, Any]) -> None:
        self.unit, self.types = unit, types
        self._raw = mapping(unit.document.get("topology_template"))
        self._of_type: dict[str, dict[str, Node]] = {}
        self._answers: dict[tuple[Any, ...], Any] = {}
        self._budget = _MOST
        declared = {
            name: mapping(item).get("default")
            for name, item in mapping(self._raw.get("inputs")).items()
        }
        self._inputs = {
            **{name: value for name, value in declared.items() if value is not None},
            **inputs,
        }
        self._templates = {
            str(name): mapping(item)
            for name, item in mapping(self._raw.get("node_templates")).items()
        }
        self.substitution = mapping(self._raw.get("substitution_mappings"))
        self.nodes = {name: self._node(name, item) for name, item in self._templates.items()}
        self.policies = list(self._read_policies())
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
        written = self.substitution.get(key)
        entries = (
            [written]
            if isinstance(written, dict)
            else [item for item in sequence(written) if isinstance(item, dict)]
        )
        named = [
            (str(name), mapping(target).get("mapping") if isinstance(target, dict) else target)
            for entry in entries
            for name, target in entry.items()
        ]
        return {
            name: [text(part) for part in target]
            for name, target in named
            if isinstance(target, list) and target
        }

    def expand(self, targets: list[str]) -> list[str]:
        """Names of nodes, groups replaced by their members, each once."""
        return list(
            dict.fromkeys(
                member
                for name in dict.fromkeys(targets)
                for member in (
                    map(text, sequence(self.groups[name].get("members")))
                    if name in self.groups
                    else [name]
                )
            )
        )

    def _node(self, name: str, raw: dict[str, Any]) -> Node:
        kind = text(raw.get("type"))
        given = {
            key: value
            for key, value in mapping(self.resolve(name, mapping(raw.get("properties")))).items()
            if not (isinstance(value, dict) and set(value) == {"get_input"})
        }
        node = Node(
            name, kind, self.unit, self.types.with_defaults("node_types", kind, given), given
        )
        node.capabilities = self._capabilities(name, kind, mapping(raw.get("capabilities")))
        node.requirements = list(_requirements(raw.get("requirements")))
        node.artifacts = {
            **self.types.merged("node_types", kind, "artifacts"),
            **mapping(raw.get("artifacts")),
        }
        node.artifacts = {key: self._artifact(name, value) for key, value in node.artifacts.items()}
        node.interfaces = interfaces.of_node(self.types, kind, raw.get("interfaces"))
        node.interfaces.operations = mapping(self.resolve(name, node.interfaces.operations))
        node.origins = self._origins(kind, raw)
        node.metadata = mapping(raw.get("metadata"))
        return node

    def _capabilities(self, name: str, kind: str, raw: dict[str, Any]) -> dict[str, dict[str, Any]]:
        result = {}
        for capability, definition in self.types.merged("node_types", kind, "capabilities").items():
            given = mapping(
                self.resolve(name, mapping(mapping(raw.get(capability)).get("properties")))
            )
            of = (
                definition if isinstance(definition, str) else text(mapping(definition).get("type"))
            )
            result[capability] = self.types.with_defaults("capability_types", of, given)
        return result

    def _artifact(self, node: str, written: Any) -> dict[str, Any]:
        """{file, type, properties}; the short notation is the file alone. The file is relative to
        the unit."""
        artifact: dict[str, Any] = (
            {"file": written} if isinstance(written, str) else dict(mapping(written))
        )
        artifact["properties"] = mapping(artifact.get("properties"))
        return dict(mapping(self.resolve(node, artifact)))

    def _origins(self, kind: str, raw: dict[str, Any]) -> dict[str, Unit]:
        """Files are named relative to the unit that names them: those of node types that lie
        elsewhere than the template."""
        found: dict[str, Unit] = {}
        for name in reversed(self.types.lineage("node_types", kind)):
            unit, definition = (
                self.types.origin.get(("node_types", name)),
                self.types.sections["node_types"].get(name, {}),
            )
            if unit is not None and posixpath.dirname(unit.path) != posixpath.dirname(
                self.unit.path
            ):
                found.update(
                    dict.fromkeys(
                        _strings((definition.get("artifacts"), definition.get("interfaces"))), unit
                    )
                )
        return {
            name: unit
            for name, unit in found.items()
            if name not in _strings((raw.get("artifacts"), raw.get("interfaces")))
        }

    def _read_policies(self) -> list[Policy]:
        written = self._raw.get("policies")
        entries = (
            [{name: item} for name, item in written.items()]
            if isinstance(written, dict)
            else sequence(written)
        )
        found = []
        for index, entry in enumerate(entries):
            for name, raw in mapping(entry).items():
                raw = mapping(raw)
                kind = text(raw.get("type"))
                properties = self.types.with_defaults(
                    "policy_types", kind, mapping(self.resolve("", mapping(raw.get("properties"))))
                )
                targets = [text(target) for target in sequence(raw.get("targets"))]
                found.append(
                    Policy(
                        str(name), kind, properties, targets, index, mapping(raw.get("triggers"))
                    )
                )
        return found

    def resolve(self, node: str, value: Any, depth: int = 0) -> Any:
        """`value` with the functions replaced that can be answered before there is an instance."""
        if not isinstance(value, (dict, list)) or depth > 20 or self._budget <= 0:
            return value
        self._budget -= len(value)
        if isinstance(value, list):
            return [self.resolve(node, item, depth) for item in value]
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "get_input":
                return self._input(argument, value)
            if function == "get_property" and isinstance(argument, list) and len(argument) >= 2:
                return self._remembered(node, argument, value, depth)
            if function in ("concat", "token") and isinstance(argument, list):
                return _joined(
                    function, [self.resolve(node, item, depth + 1) for item in argument], value
                )
        return {key: self.resolve(node, item, depth) for key, item in value.items()}

    def _input(self, argument: Any, otherwise: Any) -> Any:
        """An input, or a place in it: `get_input: name` or `get_input: [ name, key, … ]`."""
        path = argument if isinstance(argument, list) else [argument]
        return _walked(self._inputs, path, otherwise) if path else otherwise

    def _remembered(self, node: str, argument: list[Any], otherwise: Any, depth: int) -> Any:
        """An answer that others ask for too is worked out once."""
        if not all(isinstance(part, (str, int)) for part in argument):
            return otherwise
        key = (node if argument[0] == "SELF" else "", *argument)
        if key not in self._answers:
            found = self._property(node, argument, otherwise, depth)
            if found is otherwise:
                return otherwise
            self._answers[key] = found
        return self._answers[key]

    def _property(self, node: str, argument: list[Any], otherwise: Any, depth: int) -> Any:
        """[node or SELF, name, …]; the name may be that of a capability, or of a requirement: then
        of its target."""
        name = node if argument[0] == "SELF" else text(argument[0])
        raw, path = self._templates.get(name), argument[1:]
        if raw is None:
            return otherwise
        kind = text(raw.get("type"))
        properties = self.types.with_defaults("node_types", kind, raw.get("properties"))
        targets = {
            requirement: target
            for requirement, target, _ in reversed(list(_requirements(raw.get("requirements"))))
        }
        if not isinstance(path[0], str):
            return otherwise
        if path[0] in properties:
            found = _walked(properties, path, otherwise)
        elif text(path[0]) in targets and len(path) > 1:
            found = (
                self._property(targets[text(path[0])], ["SELF", *path[1:]], otherwise, depth + 1)
                if depth < 20
                else otherwise
            )
        else:
            capability = mapping(
                mapping(mapping(raw.get("capabilities")).get(path[0])).get("properties")
            )
            found = _walked(capability, path[1:], otherwise) if len(path) > 1 else otherwise
        return otherwise if found is otherwise else self.resolve(name, found, depth + 1)


def _walked(found: Any, path: list[Any], otherwise: Any) -> Any:
    """The value that keys and indices lead to."""
    for step in path:
        if isinstance(found, dict):
            there = isinstance(step, str | int) and step in found
        else:
            there = isinstance(found, list) and step in range(len(found))
        if not there:
            return otherwise
        found = found[step]
    return found


def _joined(function: str, parts: list[Any], otherwise: Any) -> Any:
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


def report(
    topology: Topology,
    policy: Policy,
    findings: Findings,
    rule: str,
    message: str,
    hint: str,
    *path: Any,
) -> None:
    """An error at a place in a policy's properties."""
    at = topology.unit.at(
        "topology_template", "policies", policy.index, policy.name, "properties", *path
    )
    findings.error(rule, topology.unit.path, f"policy {policy.name}: {message}", hint, at)


def warn(
    topology: Topology,
    policy: Policy,
    findings: Findings,
    rule: str,
    message: str,
    hint: str,
    *path: Any,
) -> None:
    """A warning at a place in a policy's properties."""
    at = topology.unit.at(
        "topology_template", "policies", policy.index, policy.name, "properties", *path
    )
    findings.warning(rule, topology.unit.path, f"policy {policy.name}: {message}", hint, at)


def file_of(unit: Unit, written: Any) -> str:
    """The path inside the package of a file named in `unit`, "" where it is none of the
    package's."""
    name = text(written)
    if not name or "://" in name or name.startswith("/"):
        return ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(unit.path), name))
    return "" if path.startswith("..") else path


def _strings(value: Any) -> set[str]:
    """Every string in a value."""
    inner = (
        value.values()
        if isinstance(value, dict)
        else value
        if isinstance(value, (list, tuple))
        else ()
    )
    return {value} if isinstance(value, str) else set().union(*map(_strings, inner))


def _requirements(written: Any) -> list[tuple[str, str, Any]]:
    found = []
    for entry in sequence(written):
        for name, target in mapping(entry).items():
            node = target if isinstance(target, str) else text(mapping(target).get("node"))
            found.append((str(name), node, target))
    return found
