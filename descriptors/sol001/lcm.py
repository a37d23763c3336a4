# SPDX-License-Identifier: Apache-2.0
"""Reads the interfaces Vnflcm and Nslcm: the scripts of operations and the parameters they take (SOL001 6.7, 7.7)."""
from __future__ import annotations

from typing import Any

from descriptors.scalars import mapping, sequence, text
from descriptors.tosca.topology import Node, Topology, file_of

_NO_OPERATION = ("type", "inputs", "description", "notifications", "operations")
_NO_PARAMETER = ("additional_parameters",)


def operations(node: Node, interface: str) -> dict[str, Any]:
    """The operations that the descriptor names.

    {"implementation": path, "dependencies": [path, …], "inputs": {…}}; {} for one that is built in.
    """
    found = {}
    for name, item in _written(node.interfaces.get(interface)).items():
        given = {"implementation": item} if isinstance(item, str) else mapping(item)
        primary: Any = given.get("implementation")
        others: list[Any] = []
        if isinstance(primary, dict):
            primary, others = primary.get("primary"), sequence(primary.get("dependencies"))
        script = {"implementation": _file(node, primary)} if _file(node, primary) else {}
        beside = [path for other in others if (path := _file(node, other))]
        found[name] = {**script, **({"dependencies": beside} if beside else {}),
                       **({"inputs": given["inputs"]} if given.get("inputs") else {})}
    return found


def parameters(topology: Topology, node: Node) -> dict[str, dict[str, Any]]:
    """additionalParams per operation: name -> {"type", "required", "default"?}, from inputs of the node or its type."""
    found = {}
    for operation, item in _written(node.interfaces.get("Vnflcm")).items():
        declared = {}
        for name, definition in mapping(mapping(item).get("inputs")).items():
            kind = text(mapping(definition).get("type"))
            if kind in topology.types.sections["data_types"] and name in _NO_PARAMETER:
                declared.update({inner: _parameter(schema) for inner, schema
                                 in topology.types.properties("data_types", kind).items()})
            elif kind:
                declared[str(name)] = _parameter(mapping(definition))
            elif name in _NO_PARAMETER:
                declared.update({str(inner): {"default": value} for inner, value in mapping(definition).items()})
        if declared:
            found[operation] = declared
    return found


def _parameter(definition: dict[str, Any]) -> dict[str, Any]:
    required = definition.get("required", True) is True and "default" not in definition
    return {"type": text(definition.get("type")), "required": required,
            **({"default": definition["default"]} if "default" in definition else {})}


def _written(interface: Any) -> dict[str, Any]:
    """Operations below `operations` (TOSCA 1.3), or directly (before)."""
    nested = mapping(mapping(interface).get("operations"))
    return nested or {str(name): item for name, item in mapping(interface).items() if name not in _NO_OPERATION}


def _file(node: Node, written: Any) -> str:
    """The path of a script: named directly, by {file: …}, or by the name of an artifact of the node."""
    name = text(mapping(written).get("file")) if isinstance(written, dict) else text(written)
    artifact = node.artifacts.get(name, {}).get("file", name)
    return file_of(node.unit, artifact) or text(artifact)
