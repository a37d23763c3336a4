# SPDX-License-Identifier: Apache-2.0
"""Reads where traffic is led: VNFFGs, NFPs with their positions and rules, mirrored flows (SOL001
7.8, 7.9, IFA014 6.4)."""

from __future__ import annotations

from collections.abc import Iterable

from descriptors import model
from descriptors.findings import Findings
from descriptors.leaves import Tree, integer, mapping, sequence, text
from descriptors.sol001 import policies
from descriptors.tosca.topology import Node, Topology

NODE = "tosca.nodes.nfv."
GROUP = "tosca.groups.nfv.VNFFG"
PORTS = {"source_port_range": "sourcePort", "destination_port_range": "destinationPort"}
MATCHES = {
    "ether_source_address": "etherSourceAddress",
    "ether_destination_address": "etherDestinationAddress",
    "ether_type": "etherType",
    "protocol": "protocol",
    "dscp": "dscp",
    "source_ip_address_prefix": "sourceAddress",
    "destination_ip_address_prefix": "destinationAddress",
    "vlan_tag": "vlanTag",
}


def paths(topology: Topology, profiles: Iterable[Node], findings: Findings) -> Tree:
    """`vnffgds`, `nfps` that are in none, and `mirrored` of an NsDf; `profiles` are the nodes of
    VNFs, PNFs and nested NSs."""
    cps = {
        target: model.CpRef(name, node.name)
        for node in profiles
        for name, target, _ in node.requirements
    }
    rules: dict[str, list[Tree]] = {}
    for policy in topology.policies_of("tosca.policies.nfv.NfpRule"):
        for target in topology.expand(policy.targets):
            rules.setdefault(target, []).append(_match(policy.properties))
    nfps = {
        name: model.Nfpd(name, _positions(node, topology, cps, findings), rules.get(name, []))
        for name, node in topology.of_type(NODE + "NFP").items()
    }
    groups, said = topology.groups_of(GROUP), policies.descriptions(topology, GROUP)
    inside = {member for members in groups.values() for member in members}
    return {
        "vnffgds": {
            name: model.Vnffgd(
                name,
                {member: nfps[member] for member in members if member in nfps},
                [member for member in members if member not in nfps],
                said.get(name, ""),
            )
            for name, members in groups.items()
        },
        "nfps": {name: nfp for name, nfp in nfps.items() if name not in inside},
        "mirrored": [
            model.DataFlowInfo(
                text(policy.properties.get("data_flow_info_id")) or policy.name,
                text(policy.properties.get("associated_mirroring_job_name")),
                text(policy.properties.get("direction")) or "both",
                [
                    cps.get(target, model.CpRef(target))
                    for target in topology.expand(policy.targets)
                ],
            )
            for policy in topology.policies_of("tosca.policies.nfv.DataFlowInfo")
        ],
    }


def _match(properties: Tree) -> Tree:
    """A classifier's rule by the names of docs/ports.md; port ranges are [low, high]."""
    found: Tree = {
        ours: properties[name] for name, ours in MATCHES.items() if properties.get(name) is not None
    }
    for name, ours in PORTS.items():
        ports = sequence(properties.get(name))
        if len(ports) == 2:
            low, high = integer(ports[0]), integer(ports[1], 65535)
            found[ours] = [low, high]
    masks = [mapping(mask) for mask in sequence(properties.get("extended_criteria"))]
    if masks:
        found["extendedCriteria"] = [
            {
                "startingPoint": integer(mask.get("starting_point")),
                "length": integer(mask.get("length")),
                "value": text(mask.get("value")),
            }
            for mask in masks
        ]
    return found


def _positions(
    nfp: Node, topology: Topology, cps: dict[str, model.CpRef], findings: Findings
) -> list[model.NfpPosition]:
    found = []
    for node in (
        topology.nodes[name] for name in nfp.targets("nfp_position") if name in topology.nodes
    ):
        elements = [
            _element(topology.nodes[name], topology, cps, findings)
            for name in node.targets("element")
            if name in topology.nodes
        ]
        found.append(
            model.NfpPosition(
                [element for element in elements if element],
                text(node.properties.get("forwarding_behaviour")) or None,
                mapping(node.properties.get("forwarding_behaviour_input_parameters")),
            )
        )
    return [position for position in found if position.elements]


def _element(
    element: Node, topology: Topology, cps: dict[str, model.CpRef], findings: Findings
) -> list[model.CpRef]:
    """The connection points of an NfpPositionElement, ingress first."""
    found = []
    for index, (name, target, written) in enumerate(element.requirements):
        if name == "profile_element" and target in topology.nodes:
            found.append(
                _cp(
                    element,
                    index,
                    topology.nodes[target],
                    text(mapping(written).get("capability")),
                    topology,
                    cps,
                    findings,
                )
            )
    return found


def _cp(
    element: Node,
    index: int,
    node: Node,
    capability: str,
    topology: Topology,
    cps: dict[str, model.CpRef],
    findings: Findings,
) -> model.CpRef:
    """A SAP, the CP that is linked by way of a Forwarding node, or the external CP that a
    capability of a constituent names."""
    if topology.types.is_a("node_types", node.type, NODE + "Sap"):
        return model.CpRef(node.name)
    forwarding = topology.types.is_a("node_types", node.type, NODE + "Forwarding")
    if forwarding and node.name in cps:
        return cps[node.name]
    at = element.at("requirements", index)
    if forwarding:
        findings.error(
            "nsd-nfp-cp",
            element.unit.path,
            f"{element.name}: no connection point is linked by way of {node.name}",
            f"let a requirement of a VNF, PNF or nested NS lead to {node.name}",
            at,
        )
    elif capability not in node.capabilities:
        findings.error(
            "nsd-nfp-cp",
            element.unit.path,
            f"{element.name}: {node.name} has no connection point {capability!r}",
            f"write {{node: {node.name}, capability: <external CP>}}, one of "
            f"{sorted(node.capabilities)}",
            at,
        )
    return model.CpRef(capability, node.name)
