# SPDX-License-Identifier: Apache-2.0
"""Finds what a descriptor describes (VNF, NS, PNF) and its deployment flavours, each a topology of
its own.

SOL001 writes flavours in two ways: one service template that substitutes the node type itself, or a
top template with an abstract node and one imported template per flavour that substitutes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import mapping, sequence, text
from descriptors.tosca.imports import Unit
from descriptors.tosca.topology import Node, Topology
from descriptors.tosca.typesystem import Types

BASES = {"ns": "tosca.nodes.nfv.NS", "vnf": "tosca.nodes.nfv.VNF", "pnf": "tosca.nodes.nfv.PNF"}


@dataclass
class Design:
    """What is described: `top` is the node of the whole, `flavours` topologies by flavour id."""

    kind: str
    top: Node
    flavours: dict[str, Topology]

    def topologies(self, entry: Unit, types: Types) -> list[Topology]:
        """Those of the flavours and, where it is not one of them, that of the entry itself."""
        topologies = list(self.flavours.values())
        return (
            topologies
            if any(item.unit is entry for item in topologies)
            else [*topologies, Topology(entry, types, {})]
        )


def find(units: list[Unit], types: Types, findings: Findings) -> Design | None:
    """The design in the entry (the last unit) and its imports; None, with a finding, where it is
    none of ours."""
    entry = units[-1]
    first = Topology(entry, types, {})
    kind = _kind(first, types)
    if kind is None:
        findings.error(
            "sol001-nothing",
            entry.path,
            "describes no VNF, NS or PNF",
            "a node or substitution_mappings must be of a type derived from tosca.nodes.nfv.VNF, "
            "NS or PNF",
            (1, 1),
        )
        return None
    top = _top(first, kind)
    chosen = [unit for unit in units[:-1] if _substitutes(unit, top, kind, types)]
    if first.substitution or not chosen:
        return Design(kind, top, {_flavour(first, top, kind): first})
    flavours: dict[str, Topology] = {}
    for unit in chosen:
        draft = Topology(unit, types, {})
        flavour = _flavour(draft, _top(draft, kind), kind)
        inputs = {
            name: value
            for name, value in top.properties.items()
            if name not in ("flavour_id", "flavour_description")
        }
        if flavour in flavours:
            findings.error(
                "sol001-flavour-twice",
                unit.path,
                f"the flavour {flavour} is described twice",
                "give each template a flavour_id of its own",
                unit.at("topology_template", "substitution_mappings"),
            )
        _check_allowed(draft, top, flavour, types, findings)
        flavours[flavour] = Topology(
            unit, types, {**inputs, "flavour_id": flavour, "selected_flavour": flavour}
        )
    requested = text(top.properties.get("flavour_id"))
    if requested and requested not in flavours:
        findings.error(
            "sol001-unknown-flavour",
            entry.path,
            f"the flavour {requested} is described by no template",
            closest(requested, flavours),
            top.at("properties", "flavour_id"),
        )
    return Design(kind, top, flavours)


def _check_allowed(
    topology: Topology, top: Node, flavour: str, types: Types, findings: Findings
) -> None:
    """The flavour must be one of the valid_values that the substituted type states, where it states
    some."""
    definition = types.properties("node_types", text(topology.substitution.get("node_type"))).get(
        "flavour_id", {}
    )
    for constraint in sequence(definition.get("constraints")):
        allowed = [text(item) for item in sequence(mapping(constraint).get("valid_values"))]
        if allowed and flavour not in allowed:
            findings.error(
                "sol001-unknown-flavour",
                topology.unit.path,
                f"{top.type} allows no flavour {flavour}",
                closest(flavour, allowed),
                topology.unit.at("topology_template", "substitution_mappings"),
            )


def node_of(topology: Topology, kind: str) -> Node:
    """The node that stands for the whole in a flavour's topology."""
    return _top(topology, kind)


def _kind(topology: Topology, types: Types) -> str | None:
    substituted = topology.substitution.get("node_type")
    for kind, base in BASES.items():
        if types.is_a("node_types", substituted, base):
            return kind
    return next((kind for kind, base in BASES.items() if topology.of_type(base)), None)


def _top(topology: Topology, kind: str) -> Node:
    """The node of the substituted type, else the first of the kind; made of the type alone where
    there is no node.

    Of several NS nodes it is one that nothing shows to be nested.
    """
    substituted = text(topology.substitution.get("node_type"))
    nodes = (
        sorted(topology.of_type(BASES[kind]).values(), key=_nested)
        if kind == "ns"
        else [*topology.of_type(BASES[kind]).values()]
    )
    same = [node for node in nodes if node.type == substituted]
    if not substituted and nodes:
        return nodes[0]
    if same or not substituted:
        return same[0]
    base = [node for node in nodes if node.type == BASES[kind]] if kind == "ns" else []
    node = base[0] if base else Node("", substituted, topology.unit)
    return Node(
        node.name,
        substituted,
        topology.unit,
        topology.types.with_defaults("node_types", substituted, node.given),
        node.given,
        node.capabilities,
        node.requirements,
        node.artifacts,
        node.interfaces,
        node.metadata,
    )


def _nested(node: Node) -> bool:
    """An NS node that has a profile or is linked stands for an NS within the one described (SOL001
    7.8.1)."""
    return "ns_profile" in node.given or any(
        name != "dependency" for name, _, _ in node.requirements
    )


def _substitutes(unit: Unit, top: Node, kind: str, types: Types) -> bool:
    node_type = mapping(
        mapping(unit.document.get("topology_template")).get("substitution_mappings")
    ).get("node_type")
    return (
        not unit.own
        and types.is_a("node_types", node_type, BASES[kind])
        and (
            types.is_a("node_types", node_type, top.type)
            or types.is_a("node_types", top.type, text(node_type))
        )
    )


def _flavour(topology: Topology, top: Node, kind: str) -> str:
    """substitution_mappings' properties or filter, else the node's own flavour_id."""
    substitution = topology.substitution
    flavour: Any = mapping(substitution.get("properties")).get("flavour_id")
    if not text(flavour):
        conditions = mapping(
            substitution.get("substitution_filter") or substitution.get("node_filter")
        ).get("properties")
        for entry in sequence(conditions):
            condition = mapping(entry).get("flavour_id")
            flavour = flavour or _equal(condition)
    return text(flavour) or text(top.properties.get("flavour_id")) or "default"


def _equal(condition: object) -> str:
    """The value in `{equal: x}`, `{valid_values: [x]}`, a list with one of these, or plain `x`."""
    for item in condition if isinstance(condition, list) else [condition]:
        if isinstance(item, dict) and "equal" in item:
            return text(item["equal"])
        if isinstance(item, dict) and len(only := sequence(item.get("valid_values"))) == 1:
            return text(only[0])
    return text(condition)
