# SPDX-License-Identifier: Apache-2.0
"""The interfaces of a node with all they inherit (Simple Profile 1.3, 3.6.20): interface types,
node types, the template."""

from __future__ import annotations

from dataclasses import dataclass, field

from descriptors.leaves import Tree, mapping, text
from descriptors.tosca import vocabulary
from descriptors.tosca.typesystem import Types

NO_OPERATION = (
    "derived_from",
    "version",
    "metadata",
    "description",
    "inputs",
    "operations",
    "notifications",
    "type",
)
Operations = dict[str, Tree]


@dataclass
class Interfaces:
    """By interface and operation: what node types and the template say of it, its inputs as values;
    and the inputs declared."""

    operations: dict[str, Operations] = field(default_factory=dict)
    declared: dict[str, Operations] = field(default_factory=dict)


def of_node(types: Types, kind: str, assigned: object) -> Interfaces:
    """All interfaces of a node; what stands nearer to the template wins, key by key and input by
    input."""
    interfaces = Interfaces()
    lineage = reversed(types.lineage("node_types", kind))
    for layer in (
        *(types.sections["node_types"].get(name, {}).get("interfaces") for name in lineage),
        assigned,
    ):
        for name, interface in mapping(layer).items():
            for operation, item in of_type(types, text(mapping(interface).get("type"))).items():
                _add(interfaces.declared, str(name), operation, mapping(item.get("inputs")))
            for operation, item in operations(interface).items():
                inputs = mapping(item.get("inputs"))
                declared = {
                    key: value for key, value in inputs.items() if _is_definition(types, value)
                }
                values = {key: value for key, value in inputs.items() if key not in declared}
                inherited = interfaces.operations.get(str(name), {}).get(operation, {})
                values = {**mapping(inherited.get("inputs")), **values}
                _add(interfaces.operations, str(name), operation, {**item, "inputs": values})
                _add(interfaces.declared, str(name), operation, declared)
    return interfaces


def of_type(types: Types, kind: str) -> Operations:
    """The operations of an interface type, inherited ones included; inputs one by one."""
    merged: Operations = {}
    for name in reversed(types.lineage("interface_types", kind)):
        for operation, item in operations(types.sections["interface_types"].get(name)).items():
            inherited = merged.get(operation, {})
            merged[operation] = {
                **inherited,
                **item,
                "inputs": {**mapping(inherited.get("inputs")), **mapping(item.get("inputs"))},
            }
    return merged


def operations(interface: object) -> Operations:
    """Those of one definition or assignment: below `operations` (1.3), or directly (1.0 to 1.2); a
    script alone is short for it."""
    nested = mapping(interface).get("operations")
    entries = (
        nested
        if isinstance(nested, dict)
        else {name: item for name, item in mapping(interface).items() if name not in NO_OPERATION}
    )
    return {
        str(name): {"implementation": item} if isinstance(item, str) else mapping(item)
        for name, item in entries.items()
    }


def _is_definition(types: Types, value: object) -> bool:
    kind = text(mapping(value).get("type"))
    return kind in types.sections["data_types"] or kind in vocabulary.PRIMITIVES


def _add(collection: dict[str, Operations], interface: str, operation: str, more: Tree) -> None:
    entry = collection.setdefault(interface, {})
    entry[operation] = {**entry.get(operation, {}), **more}
