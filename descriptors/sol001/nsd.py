# SPDX-License-Identifier: Apache-2.0
"""From resolved topologies to a `model.Nsd` (SOL001 clause 7, IFA014 clause 6)."""
from __future__ import annotations

from typing import Any

from descriptors import model
from descriptors.details import MonitoringParameter
from descriptors.findings import Findings
from descriptors.scalars import integer, mapping, text, texts
from descriptors.sol001 import lcm, nslevels, paths, policies, scaling, vnfd
from descriptors.tosca import flavours
from descriptors.tosca.flavours import Design
from descriptors.tosca.topology import Node, Topology

NODE = "tosca.nodes.nfv."
REQUIRED = ("descriptor_id", "designer", "version", "name")


def nsd(design: Design, findings: Findings) -> model.Nsd:
    """The NSD; what is missing is a finding and "" in the model."""
    top = design.top
    for name in REQUIRED:
        if not text(top.properties.get(name)):
            findings.error("nsd-required", top.unit.path, f"the NS has no {name}", f"give {name} a value", top.at())
    default, known = text(top.properties.get("flavour_id")), list(design.flavours)
    return model.Nsd(
        id=text(top.properties.get("descriptor_id")),
        designer=text(top.properties.get("designer")),
        version=text(top.properties.get("version")),
        name=text(top.properties.get("name")),
        invariant_id=text(top.properties.get("invariant_id")),
        default_flavour=default if default in known else known[0],
        flavours={name: _flavour(name, topology, top, findings) for name, topology in design.flavours.items()},
        properties=top.others(*REQUIRED, "invariant_id", "flavour_id"),
    )


def _flavour(name: str, topology: Topology, top: Node, findings: Findings) -> model.NsDf:
    links = topology.of_type(NODE + "NsVirtualLink")
    own = flavours.node_of(topology, "ns")
    nested = {key: node for key, node in topology.of_type(NODE + "NS").items() if key not in (top.name, own.name)}
    vnfs, pnfs = topology.of_type(NODE + "VNF"), topology.of_type(NODE + "PNF")
    saps = topology.of_type(NODE + "Sap")
    for node in [*vnfs.values(), *pnfs.values(), *nested.values(), *saps.values()]:
        paths.check_links(node, topology, findings)
    return model.NsDf(
        id=name,
        vnf_profiles={key: _vnf_profile(node, topology) for key, node in vnfs.items()},
        pnf_profiles={key: model.PnfProfile(key, text(node.properties.get("descriptor_id")), paths.links(node, topology))
                      for key, node in pnfs.items()},
        ns_profiles={key: _ns_profile(node, topology) for key, node in nested.items()},
        virtual_links={key: vnfd.virtual_link(node) for key, node in links.items()},
        sapds={key: _sapd(node) for key, node in saps.items()},
        vnffgds=paths.vnffgds(topology, findings), affinity=scaling.affinity(topology, "tosca.policies.nfv.Ns"),
        policies=policies.kept(topology), placement_groups=topology.groups_of("tosca.groups.nfv.NsPlacementGroup"),
        security_groups=policies.security_groups(topology), monitoring=_monitoring(topology),
        autoscale=[{"name": policy.name, "triggers": policy.triggers}
                   for policy in topology.policies_of("tosca.policies.nfv.NsAutoScale")],
        operations=lcm.operations(own, "Nslcm") or lcm.operations(top, "Nslcm"),
        requirements={name: target[0] for name, target in topology.mappings().items()}, **nslevels.sizes(topology, findings))


def _vnf_profile(node: Node, topology: Topology) -> model.VnfProfile:
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
        links=paths.links(node, topology),
        properties={
            **{name: value for name, value in configurable.items() if name != "additional_configurable_properties"},
            **additional,
        },
        profile=_others(profile),
    )


def _others(profile: dict[str, Any]) -> dict[str, Any]:
    """What a profile says besides numbers, level and flavour."""
    read = ("min_number_of_instances", "max_number_of_instances", "instantiation_level", "ns_instantiation_level", "flavour_id")
    return {name: value for name, value in profile.items() if name not in read}


def _ns_profile(node: Node, topology: Topology) -> model.NsProfile:
    profile = mapping(node.properties.get("ns_profile"))
    minimum = integer(profile.get("min_number_of_instances"), 1)
    return model.NsProfile(
        node.name, text(node.properties.get("descriptor_id")),
        text(node.properties.get("flavour_id")) or text(profile.get("flavour_id")), paths.links(node, topology),
        text(profile.get("ns_instantiation_level")) or None, minimum,
        integer(profile.get("max_number_of_instances"), max(1, minimum)), _others(profile))


def _monitoring(topology: Topology) -> list[MonitoringParameter]:
    """NsMonitoring and VnfMonitoring, once per node they are about."""
    return [parameter for kind, key in (("NsMonitoring", "ns_monitoring_parameters"), ("VnfMonitoring", "vnf_monitoring_parameters"))
            for policy in topology.policies_of("tosca.policies.nfv." + kind) for target in policy.targets or [""]
            for parameter in policies.parameters(policy.properties.get(key), target)]


def _sapd(node: Node) -> model.Sapd:
    return model.Sapd(node.name, node.target("internal_virtual_link", "virtual_link") or None,
                      texts(node.properties.get("layer_protocols")), text(node.properties.get("role")) or None,
                      node.others("layer_protocols", "role"))
