# SPDX-License-Identifier: Apache-2.0
"""What stands in the templates of a topology: values, functions, interfaces and artifacts, each
against its type."""

from __future__ import annotations

import re
from typing import Any

from descriptors.archive.sources import Source
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca import interfaces, vocabulary
from descriptors.tosca.topology import Node, Topology
from descriptors.tosca.values import FUNCTIONS, Values, is_function, optional

KEYWORDS = ("SELF", "HOST", "SOURCE", "TARGET")
_REMOTE = ("http", "https", "oci", "docker", "ftp", "ftps")
# A container image by name and tag or digest, as registries know it: external as well.
_REFERENCE = re.compile(
    r"(?!file:)[a-z0-9][a-z0-9._-]+(:[0-9]+(?=/))?(/[a-z0-9._-]+)*(:[\w][\w.-]*|@sha256:[0-9a-f]{64})",
    re.ASCII,
)
_COMPUTE = "tosca.nodes.nfv.Vdu.Compute"


def check(topology: Topology, source: Source, findings: Findings) -> None:
    """Node templates, policies, groups and inputs of one topology."""
    checks = _Templates(topology, source, findings)
    checks.inputs()
    for node in topology.nodes.values():
        checks.node(node)
    checks.policies()
    checks.groups()
    checks.functions(topology.unit.document.get("topology_template"), ["topology_template"])


class _Templates:
    def __init__(self, topology: Topology, source: Source, findings: Findings) -> None:
        self.topology, self.types, self.unit, self.source = (
            topology,
            topology.types,
            topology.unit,
            source,
        )
        self._findings = findings
        self._raw = mapping(self.unit.document.get("topology_template"))
        self._values = Values(self.unit, self.types, findings)

    def inputs(self) -> None:
        names = self.types.sections["data_types"]
        for name, definition in mapping(self._raw.get("inputs")).items():
            kind = mapping(definition).get("type")
            if (
                kind is not None
                and text(kind) not in names
                and text(kind) not in vocabulary.OWN["data_types"]
            ):
                self._error(
                    "tosca-unknown-data-type",
                    f"the input {name} is of type {kind!r}, which is not defined",
                    closest(kind, [*names, *vocabulary.OWN["data_types"]]),
                    ["topology_template", "inputs", name, "type"],
                )
            if mapping(definition).get("default") is not None:
                self._values.value(
                    definition,
                    definition["default"],
                    ["topology_template", "inputs", name, "default"],
                    f"input {name}",
                )

    def node(self, node: Node) -> None:
        if node.type not in self.types.sections["node_types"] or self.types.is_broken(
            "node_types", node.type
        ):
            return
        raw, path = (
            mapping(mapping(self._raw.get("node_templates")).get(node.name)),
            self._path("node_templates", node.name),
        )
        self._values.properties(
            self.types.properties("node_types", node.type),
            raw.get("properties"),
            [*path, "properties"],
            node.name,
        )
        self._capabilities(node, mapping(raw.get("capabilities")), path)
        self._interfaces(node, mapping(raw.get("interfaces")), path)
        for name, found in node.interfaces.operations.items():
            for operation, item in found.items():
                self._implementation(node, item, [*path, "interfaces", name, operation])
        for name, artifact in node.artifacts.items():
            self._artifact(node, name, artifact, [*path, "artifacts", name])

    def _capabilities(self, node: Node, assigned: Tree, path: list[Any]) -> None:
        definitions = self.types.merged("node_types", node.type, "capabilities")
        if self.types.is_a("node_types", node.type, _COMPUTE) and "virtual_compute" not in assigned:
            self._warn(
                "vnfd-no-compute",
                f"{node.name} does not say which CPUs and memory it needs: it counts as 1 vCPU "
                "and no memory of its own",
                "add the capability virtual_compute",
                path,
            )
        for name, value in assigned.items():
            place = [*path, "capabilities", name]
            if name not in definitions:
                if name != "feature":
                    self._error(
                        "tosca-unknown-capability",
                        f"{node.name}: {node.type} has no capability {name!r}",
                        closest(name, definitions),
                        place,
                    )
                continue
            kind = (
                definitions[name]
                if isinstance(definitions[name], str)
                else text(mapping(definitions[name]).get("type"))
            )
            if kind in self.types.sections["capability_types"]:
                self._values.properties(
                    self.types.properties("capability_types", kind),
                    mapping(value).get("properties"),
                    [*place, "properties"],
                    f"{node.name}.{name}",
                )

    def _interfaces(self, node: Node, assigned: Tree, path: list[Any]) -> None:
        definitions = self.types.merged("node_types", node.type, "interfaces")
        for name, value in assigned.items():
            place = [*path, "interfaces", name]
            definition = mapping(definitions.get(name))
            kind = text(mapping(value).get("type")) or text(definition.get("type"))
            if (
                name not in definitions
                and name not in vocabulary.INTERFACES
                and kind not in self.types.sections["interface_types"]
            ):
                self._error(
                    "tosca-unknown-interface",
                    f"{node.name}: {node.type} has no interface {name!r}",
                    closest(name, definitions),
                    place,
                )
                continue
            allowed = self._allowed(kind, definition)
            for operation in interfaces.operations(value):
                if allowed and operation not in allowed:
                    self._error(
                        "tosca-unknown-operation",
                        f"{node.name}: {name} has no operation {operation!r}",
                        closest(operation, allowed),
                        [*place, operation],
                    )

    def _allowed(self, kind: str, definition: Tree) -> set[str]:
        """The operations of an interface; none where its type leaves them open."""
        operations = set(interfaces.of_type(self.types, kind))
        return operations | set(interfaces.operations(definition)) if operations else set()

    def _implementation(self, node: Node, value: object, path: list[Any]) -> None:
        paths = value if isinstance(value, str) else mapping(value).get("implementation")
        parts = [paths]
        if isinstance(paths, dict):
            parts = [paths.get("primary"), *sequence(paths.get("dependencies"))]
        for part in parts:
            name = text(mapping(part).get("file")) if isinstance(part, dict) else text(part)
            if name and name not in node.artifacts and ("/" in name or "." in name):
                self._file(node, f"the implementation {name}", name, path)

    def _artifact(self, node: Node, name: str, artifact: Tree, path: list[Any]) -> None:
        kind = text(artifact.get("type"))
        if (
            kind
            and kind not in self.types.sections["artifact_types"]
            and kind not in vocabulary.OWN["artifact_types"]
        ):
            self._error(
                "tosca-unknown-artifact-type",
                f"{node.name}: the artifact {name} is of type {kind}, which is not defined",
                closest(kind, self.types.sections["artifact_types"]),
                [*path, "type"],
            )
        elif kind in self.types.sections["artifact_types"]:
            template = mapping(mapping(self._raw.get("node_templates")).get(node.name))
            assigned = mapping(template.get("artifacts")).get(name)
            self._values.properties(
                self.types.properties("artifact_types", kind),
                mapping(assigned).get("properties"),
                [*path, "properties"],
                f"{node.name}.{name}",
                complete=not mapping(node.properties.get("sw_image_data")) and bool(assigned),
            )
        if not artifact.get("repository"):
            self._file(node, f"the artifact {name}", text(artifact.get("file")), path)

    def _file(self, node: Node, label: str, name: str, path: list[Any]) -> None:
        """A file that a node names must be in the package, or be an address to fetch it from."""
        if not name:
            message = f"{node.name}: {label} names no file"
            self._error("csar-missing-artifact", message, "add `file`", path)
            return
        scheme = name.split(":", 1)[0].lower() if ":" in name else ""
        sizes = self.source.sizes
        if scheme in _REMOTE or (_REFERENCE.fullmatch(name[:500]) and name not in sizes):
            return
        in_package = node.file(name)
        is_there = in_package in sizes or name.removeprefix("./") in sizes or self.source.single
        if scheme or not (in_package or is_there):
            self._error(
                "csar-artifact-path",
                f"{node.name}: {label} names {name!r}, which leads out of the package",
                "name a file of the package, or an address with http(s)",
                path,
            )
        elif not is_there:
            self._error(
                "csar-missing-artifact",
                f"{node.name}: {label} names {name!r}, which is not in the package",
                closest(in_package, sizes) or "add it (`file` is relative to this YAML file)",
                path,
            )

    def policies(self) -> None:
        for index, entry in enumerate(self._policies()):
            for name, raw in mapping(entry).items():
                kind = text(mapping(raw).get("type"))
                if kind in self.types.sections["policy_types"] and not self.types.is_broken(
                    "policy_types", kind
                ):
                    self._values.properties(
                        self.types.properties("policy_types", kind),
                        mapping(raw).get("properties"),
                        self._path("policies", index, name, "properties"),
                        f"policy {name}",
                    )

    def _policies(self) -> list[Any]:
        return sequence(self._raw.get("policies"))

    def groups(self) -> None:
        for name, raw in mapping(self._raw.get("groups")).items():
            kind = text(mapping(raw).get("type"))
            if kind in self.types.sections["group_types"]:
                self._values.properties(
                    self.types.properties("group_types", kind),
                    mapping(raw).get("properties"),
                    self._path("groups", name, "properties"),
                    f"group {name}",
                )

    def functions(self, value: Any, path: list[Any], node: str = "", depth: int = 0) -> None:
        """What functions name must be there (Simple Profile 1.3, clause 4)."""
        if depth > 60:
            return
        if len(path) == 3 and path[1] == "node_templates":
            node = str(path[2])
        if is_function(value):
            ((name, argument),) = value.items()
            if why := self._wrong(name, argument, node):
                self._error("tosca-function", f"{name}: {why[0]}", why[1], path)
            elif name == "get_input" and self._counts(path):
                self._check_input(argument, path)
        if isinstance(value, (dict, list)):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, item in items:
                if isinstance(item, (dict, list)):
                    self.functions(item, [*path, key], node, depth + 1)

    def _counts(self, path: list[Any]) -> bool:
        """Whether a value at a place must be there: a required property, or one of a capability."""
        if len(path) < 5 or path[1] != "node_templates":
            return False
        if path[3] == "capabilities":
            return True
        node = self.topology.nodes.get(str(path[2]))
        if path[3] != "properties" or node is None:
            return False
        definition = self.types.properties("node_types", node.type).get(path[4], {})
        is_required = definition.get("required", True) is True and "default" not in definition
        return is_required and not optional(str(path[4]), definition)

    def _check_input(self, argument: object, path: list[Any]) -> None:
        """An input without a value would silently count as if nothing were there."""
        name = text(argument[0] if isinstance(argument, list) and argument else argument)
        if not self.topology.functions.has_input(name):
            place = [part for part in path if isinstance(part, str)][-1]
            message = f"{path[2]}: {place} is taken of the input {name}, which has no value"
            self._error("tosca-input-value", message, "give the input a default", path)

    def _wrong(self, function: str, argument: object, node: str) -> tuple[str, str] | None:
        """What is wrong with a function, and a hint."""
        if function == "get_input":
            name = argument[0] if isinstance(argument, list) and argument else argument
            inputs = mapping(self._raw.get("inputs"))
            return (
                None
                if text(name) in inputs
                else (f"there is no input {name!r}", closest(name, inputs))
            )
        if function in ("get_property", "get_attribute"):
            return self._wrong_path(
                argument, node, "properties" if function == "get_property" else ""
            )
        if (function == "concat" and not isinstance(argument, list)) or (
            function == "token" and len(sequence(argument)) != 3
        ):
            return (
                "the arguments are no list",
                f"write {FUNCTIONS[-2]}: [ a, b ] or token: [ text, separator, index ]",
            )
        return None

    def _wrong_path(self, argument: Any, node: str, key: str) -> tuple[str, str] | None:
        if len(sequence(argument)) < 2:
            return "needs a node and a name", "write [ <node or SELF>, <name> ]"
        place, name = text(argument[0]), text(argument[1])
        if place not in KEYWORDS and place not in self.topology.nodes:
            return f"there is no node {place!r}", closest(place, self.topology.nodes)
        target = self.topology.nodes.get(node if place == "SELF" else place)
        if not key or target is None or target.type not in self.types.sections["node_types"]:
            return None
        names = {
            **self.types.properties("node_types", target.type),
            **self.types.merged("node_types", target.type, "capabilities"),
            **self.types.merged("node_types", target.type, "requirements"),
        }
        return (
            None
            if name in names
            else (f"{target.name} has no property {name!r}", closest(name, names))
        )

    def _path(self, *path: object) -> list[Any]:
        return ["topology_template", *path]

    def _error(self, rule: str, message: str, hint: str, path: list[Any]) -> None:
        self._findings.error(rule, self.unit.path, message, hint, self.unit.at(*path))

    def _warn(self, rule: str, message: str, hint: str, path: list[Any]) -> None:
        self._findings.warning(rule, self.unit.path, message, hint, self.unit.at(*path))
