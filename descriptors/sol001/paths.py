# SPDX-License-Identifier: Apache-2.0
"""Reads forwarding graphs: VNFFGs, their NFPs by position, and what the classifiers take (SOL001 7.8.4 to 7.8.6, 7.10.1)."""
from __future__ import annotations

from typing import Any

from descriptors import model
from descriptors.findings import Findings
from descriptors.scalars import integer, mapping, sequence, text
from descriptors.tosca.topology import Node, Topology

NODE = "tosca.nodes.nfv."
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
    "extended_criteria": "extendedCriteria",
}


def vnffgds(topology: Topology, findings: Findings) -> dict[str, model.Vnffgd]:
    """Every VNFFG with its NFPs."""
    rules: dict[str, list[dict[str, Any]]] = {}
    for policy in topology.policies_of("tosca.policies.nfv.NfpRule"):
        for target in topology.expand(policy.targets):
            rules.setdefault(target, []).append(_match(policy.properties))
    nfps = {name: _nfpd(node, topology, rules.get(name, []), findings) for name, node in topology.of_type(NODE + "NFP").items()}
    return {name: model.Vnffgd(name, {member: nfps[member] for member in members if member in nfps},
                               [member for member in members if member not in nfps])
            for name, members in topology.groups_of("tosca.groups.nfv.VNFFG").items()}


def links(node: Node, topology: Topology) -> dict[str, str]:
    """Requirement of a constituent -> NS virtual link, also by way of a Forwarding node."""
    virtual = topology.of_type(NODE + "NsVirtualLink")
    found = {}
    for name, target, _ in node.requirements:
        if (forwarding := _forwarding(topology, target)) is not None:
            target = forwarding.target("virtual_link") or target
        if target in virtual:
            found[name] = target
    return found


def check_links(node: Node, topology: Topology, findings: Findings) -> None:
    """What a constituent is linked to must be a virtual link, or a Forwarding node that has one."""
    linked = links(node, topology)
    for index, (name, target, _) in enumerate(node.requirements):
        if target and target in topology.nodes and name not in linked and name != "dependency":
            findings.error(
                "nsd-not-a-link",
                node.unit.path,
                f"{node.name}: the requirement {name} leads to {target}, which is a {topology.nodes[target].type}",
                "name an NsVirtualLink",
                node.at("requirements", index),
            )


def _forwarding(topology: Topology, name: str) -> Node | None:
    return topology.of_type(NODE + "Forwarding").get(name)


def _match(properties: dict[str, Any]) -> dict[str, Any]:
    """A classifier's rule by the names of docs/ports.md; port ranges are [low, high]."""
    found: dict[str, Any] = {
        ours: properties[name] for name, ours in MATCHES.items() if properties.get(name) is not None
    }
    for name, ours in PORTS.items():
        ports = sequence(properties.get(name))
        if len(ports) == 2:
            low, high = integer(ports[0]), integer(ports[1], 65535)
            found[ours] = [low, high]
    return found


def _nfpd(node: Node, topology: Topology, match: list[dict[str, Any]], findings: Findings) -> model.Nfpd:
    positions = [_position(topology.nodes[name], topology, findings) for name in node.targets("nfp_position") if name in topology.nodes]
    return model.Nfpd(node.name, [position for position in positions if position.elements], match)


def _position(node: Node, topology: Topology, findings: Findings) -> model.NfpPosition:
    elements = [_element(topology.nodes[name], topology, findings) for name in node.targets("element") if name in topology.nodes]
    return model.NfpPosition([element for element in elements if element], text(node.properties.get("forwarding_behaviour")) or None,
                             mapping(node.properties.get("forwarding_behaviour_input_parameters")))


def _element(element: Node, topology: Topology, findings: Findings) -> list[model.CpRef]:
    """The connection points of an NfpPositionElement, ingress first."""
    found = []
    for index, (name, target, written) in enumerate(element.requirements):
        if name != "profile_element" or target not in topology.nodes:
            continue
        node = topology.nodes[target]
        if topology.types.is_a("node_types", node.type, NODE + "Sap"):
            found.append(model.CpRef(target))
        elif _forwarding(topology, target) is not None:
            found += _behind(topology, target)
        else:
            capability = text(mapping(written).get("capability"))
            if capability not in node.capabilities:
                findings.error(
                    "nsd-nfp-cp",
                    element.unit.path,
                    f"{element.name}: {target} has no connection point {capability!r}",
                    f"write {{node: {target}, capability: <external CP>}}, one of {sorted(node.capabilities)}",
                    element.at("requirements", index),
                )
            found.append(model.CpRef(capability, target))
    return found


def _behind(topology: Topology, forwarding: str) -> list[model.CpRef]:
    """Whose connection point a Forwarding node is: the constituent that requires it, and by which requirement."""
    return [model.CpRef(name, node.name) for node in topology.nodes.values() for name, target, _ in node.requirements
            if target == forwarding and not topology.types.is_a("node_types", node.type, NODE + "NfpPositionElement")]
