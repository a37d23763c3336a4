# SPDX-License-Identifier: Apache-2.0
"""From resolved topologies to a `model.Nsd` (SOL001 clause 7, IFA014 clause 6)."""
from __future__ import annotations

from typing import Any

from descriptors import model
from descriptors.details import MonitoringParameter
from descriptors.findings import Findings
from descriptors.scalars import integer, mapping, sequence, text, texts
from descriptors.sol001 import lcm, nslevels, policies, scaling, vnfd
from descriptors.tosca.flavours import Design, node_of
from descriptors.tosca.topology import Node, Topology

NODE = "tosca.nodes.nfv."
REQUIRED = ("descriptor_id", "designer", "version", "name")
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


def nsd(design: Design, findings: Findings) -> model.Nsd:
    """The NSD; what is missing is a finding and "" in the model."""
    top = design.top
    for name in REQUIRED:
        if not text(top.properties.get(name)):
            findings.error("nsd-required", top.unit.path, f"the NS has no {name}", f"give {name} a value", top.at())
    default, flavours = text(top.properties.get("flavour_id")), list(design.flavours)
    return model.Nsd(
        id=text(top.properties.get("descriptor_id")),
        designer=text(top.properties.get("designer")),
        version=text(top.properties.get("version")),
        name=text(top.properties.get("name")),
        invariant_id=text(top.properties.get("invariant_id")),
        default_flavour=default if default in flavours else flavours[0],
        flavours={name: _flavour(name, topology, findings) for name, topology in design.flavours.items()},
    )


def _flavour(name: str, topology: Topology, findings: Findings) -> model.NsDf:
    top = node_of(topology, "ns")
    links = topology.of_type(NODE + "NsVirtualLink")
    nested = {key: node for key, node in topology.of_type(NODE + "NS").items() if key != top.name}
    vnfs, pnfs = topology.of_type(NODE + "VNF"), topology.of_type(NODE + "PNF")
    saps = topology.of_type(NODE + "Sap")
    for node in [*vnfs.values(), *pnfs.values(), *nested.values(), *saps.values()]:
        _check_links(node, topology, links, findings)
    return model.NsDf(
        id=name,
        vnf_profiles={key: _vnf_profile(node, links) for key, node in vnfs.items()},
        pnf_profiles={key: model.PnfProfile(key, text(node.properties.get("descriptor_id")), _links(node, links))
                      for key, node in pnfs.items()},
        ns_profiles={key: _ns_profile(node, links) for key, node in nested.items()},
        virtual_links={key: vnfd.virtual_link(node) for key, node in links.items()},
        sapds={key: _sapd(node) for key, node in saps.items()},
        vnffgds=_vnffgds(topology, findings), affinity=scaling.affinity(topology, "tosca.policies.nfv.Ns"),
        policies=policies.kept(topology), placement_groups=topology.groups_of("tosca.groups.nfv.NsPlacementGroup"),
        security_groups=policies.security_groups(topology), monitoring=_monitoring(topology),
        autoscale=[{"name": policy.name, "triggers": policy.triggers}
                   for policy in topology.policies_of("tosca.policies.nfv.NsAutoScale")],
        operations=lcm.operations(top, "Nslcm"), **nslevels.sizes(topology, findings))


def _vnf_profile(node: Node, links: dict[str, Node]) -> model.VnfProfile:
    profile = mapping(node.properties.get("vnf_profile"))
    configurable = mapping(node.given.get("configurable_properties"))
    additional = mapping(configurable.get("additional_configurable_properties"))
    minimum = integer(profile.get("min_number_of_instances"), 1)
    return model.VnfProfile(
        id=node.name,
        vnfd_id=text(node.properties.get("descriptor_id")),
        flavour=text(node.properties.get("flavour_id")),
        level=text(profile.get("instantiation_level")) or None,
        minimum=minimum,
        maximum=integer(profile.get("max_number_of_instances"), max(1, minimum)),
        links=_links(node, links),
        properties={
            **{name: value for name, value in configurable.items() if name != "additional_configurable_properties"},
            **additional,
        },
    )


def _ns_profile(node: Node, links: dict[str, Node]) -> model.NsProfile:
    profile = mapping(node.properties.get("ns_profile"))
    minimum = integer(profile.get("min_number_of_instances"), 1)
    return model.NsProfile(
        node.name, text(node.properties.get("descriptor_id")),
        text(node.properties.get("flavour_id")) or text(profile.get("flavour_id")), _links(node, links),
        text(profile.get("ns_instantiation_level")) or None, minimum,
        integer(profile.get("max_number_of_instances"), max(1, minimum)))


def _monitoring(topology: Topology) -> list[MonitoringParameter]:
    """NsMonitoring and VnfMonitoring, once per node they are about."""
    return [parameter for kind, key in (("NsMonitoring", "ns_monitoring_parameters"), ("VnfMonitoring", "vnf_monitoring_parameters"))
            for policy in topology.policies_of("tosca.policies.nfv." + kind) for target in policy.targets or [""]
            for parameter in policies.parameters(policy.properties.get(key), target)]


def _links(node: Node, links: dict[str, Node]) -> dict[str, str]:
    """Requirement of the node -> NS virtual link."""
    return {name: target for name, target, _ in node.requirements if target in links}


def _check_links(node: Node, topology: Topology, links: dict[str, Node], findings: Findings) -> None:
    for index, (name, target, _) in enumerate(node.requirements):
        if target and target in topology.nodes and target not in links and name != "dependency":
            findings.error(
                "nsd-not-a-link",
                node.unit.path,
                f"{node.name}: the requirement {name} leads to {target}, which is a {topology.nodes[target].type}",
                "name an NsVirtualLink",
                node.at("requirements", index),
            )


def _sapd(node: Node) -> model.Sapd:
    return model.Sapd(node.name, node.target("internal_virtual_link", "virtual_link") or None,
                      texts(node.properties.get("layer_protocols")), text(node.properties.get("role")) or None)


def _vnffgds(topology: Topology, findings: Findings) -> dict[str, model.Vnffgd]:
    rules: dict[str, list[dict[str, Any]]] = {}
    for policy in topology.policies_of("tosca.policies.nfv.NfpRule"):
        for target in topology.expand(policy.targets):
            rules.setdefault(target, []).append(_match(policy.properties))
    nfps = {
        name: _nfpd(node, topology, rules.get(name, []), findings)
        for name, node in topology.of_type(NODE + "NFP").items()
    }
    return {name: model.Vnffgd(name, {member: nfps[member] for member in members if member in nfps},
                               [member for member in members if member not in nfps])
            for name, members in topology.groups_of("tosca.groups.nfv.VNFFG").items()}


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
    positions = []
    for position in node.targets("nfp_position"):
        elements = topology.nodes[position].targets("element") if position in topology.nodes else []
        positions.append([found for element in elements if element in topology.nodes
                          for found in _references(topology.nodes[element], topology, findings)])
    return model.Nfpd(node.name, [position for position in positions if position], match)


def _references(element: Node, topology: Topology, findings: Findings) -> list[model.CpRef]:
    """The connection points of an NfpPositionElement, ingress first."""
    found = []
    for index, (name, target, written) in enumerate(element.requirements):
        if name != "profile_element" or target not in topology.nodes:
            continue
        node, at = topology.nodes[target], element.at("requirements", index)
        if topology.types.is_a("node_types", node.type, NODE + "Sap"):
            found.append(model.CpRef(target))
            continue
        capability = text(mapping(written).get("capability"))
        if capability not in node.capabilities:
            findings.error(
                "nsd-nfp-cp",
                element.unit.path,
                f"{element.name}: {target} has no connection point {capability!r}",
                f"write {{node: {target}, capability: <external CP>}}, one of {sorted(node.capabilities)}",
                at,
            )
        found.append(model.CpRef(capability, target))
    return found
