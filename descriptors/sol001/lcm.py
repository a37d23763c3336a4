# SPDX-License-Identifier: Apache-2.0
"""Reads the interfaces Vnflcm and Nslcm: the scripts of operations and the parameters they take
(SOL001 6.7, 7.7)."""

from __future__ import annotations

from typing import Any

from descriptors.leaves import Tree, mapping, sequence, text
from descriptors.tosca import interfaces
from descriptors.tosca.topology import Node, Topology

_ADDITIONAL = "additional_parameters"


def operations(node: Node, interface: str) -> Tree:
    """The operations that the descriptor names.

    {"implementation": path, "dependencies": [path, …], "inputs": {…}}; {} for one that is built in.
    """
    operations = {}
    for name, definition in node.interfaces.operations.get(interface, {}).items():
        primary: Any = definition.get("implementation")
        others: list[Any] = []
        if isinstance(primary, dict):
            primary, others = primary.get("primary"), sequence(primary.get("dependencies"))
        script = {"implementation": _file(node, primary)} if _file(node, primary) else {}
        beside = [path for other in others if (path := _file(node, other))]
        operations[name] = {
            **script,
            **({"dependencies": beside} if beside else {}),
            **({"inputs": definition["inputs"]} if definition.get("inputs") else {}),
        }
    return operations


def parameters(topology: Topology, node: Node) -> dict[str, Tree]:
    """additionalParams per operation: name -> {"type", "required", "default"?}, as the node or its
    types declare them.

    Values that the descriptor assigns itself are defaults.
    """
    parameters: dict[str, Tree] = {}
    operations = node.interfaces.operations.get("Vnflcm", {})
    standard = interfaces.of_type(
        topology.types, "tosca.interfaces.nfv.Vnflcm"
    )  # what every request has anyway
    for operation, inputs in node.interfaces.declared.get("Vnflcm", {}).items():
        parameters[operation] = {}
        for name, definition in inputs.items():
            if name == _ADDITIONAL or name not in mapping(
                standard.get(operation, {}).get("inputs")
            ):
                parameters[operation].update(_declared(topology, str(name), mapping(definition)))
    for operation, item in operations.items():
        for name, value in mapping(mapping(item.get("inputs")).get(_ADDITIONAL)).items():
            parameter = parameters.setdefault(operation, {}).get(str(name), {})
            parameters[operation][str(name)] = {
                **parameter,
                **({"required": False} if parameter else {}),
                "default": value,
            }
    return {operation: declared for operation, declared in parameters.items() if declared}


def _declared(topology: Topology, name: str, definition: Tree) -> Tree:
    """An input; of `additional_parameters` the properties of its data type."""
    kind = text(definition.get("type"))
    if name == _ADDITIONAL and kind in topology.types.sections["data_types"]:
        return {
            inner: _parameter(schema)
            for inner, schema in topology.types.properties("data_types", kind).items()
        }
    return {name: _parameter(definition)} if kind else {}


def _parameter(definition: Tree) -> Tree:
    required = definition.get("required", True) is True and "default" not in definition
    return {
        "type": text(definition.get("type")),
        "required": required,
        **({"default": definition["default"]} if "default" in definition else {}),
    }


def _file(node: Node, implementation: object) -> str:
    """The path of a script: named directly, by {file: …}, or by the name of an artifact."""
    if isinstance(implementation, dict):
        implementation = implementation.get("file")
    name = text(implementation)
    artifact = node.artifacts.get(name, {}).get("file", name)
    return node.file(artifact) or (
        text(artifact) if text(artifact).startswith(("http://", "https://")) else ""
    )
