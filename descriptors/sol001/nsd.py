# SPDX-License-Identifier: Apache-2.0
"""From resolved topologies to a `model.Nsd` (SOL001 clause 7, IFA014 clause 6)."""

from __future__ import annotations

from collections.abc import Iterable

from descriptors import model
from descriptors.findings import Findings
from descriptors.leaves import Tree, integer, mapping, others, sequence, text
from descriptors.sol001 import cps, forwarding, lcm, monitoring, nslevels, policies, unmodelled
from descriptors.sol001.links import virtual_link
from descriptors.tosca.flavours import Design, node_of
from descriptors.tosca.topology import Node, Topology

NODE = "tosca.nodes.nfv."
REQUIRED = ("descriptor_id", "designer", "version", "name")
_READ = (
    *REQUIRED,
    "invariant_id",
    "ext_invariant_id",
    "flavour_id",
    "ns_profile",
    "service_availability_level",
    "priority",
)
_PNF = (
    "descriptor_id",
    "ext_invariant_id",
    "version_dependency",
    "function_description",
    "provider",
    "version",
    "name",
    "descriptor_invariant_id",
)


def nsd(design: Design, findings: Findings) -> model.Nsd:
    """The NSD; what is missing is a finding and "" in the model."""
    top = design.top
    for name in REQUIRED:
        if not text(top.properties.get(name)):
            findings.error(
                "nsd-required",
                top.unit.path,
                f"the NS has no {name}",
                f"give {name} a value",
                top.at(),
            )
    default, flavours = text(top.properties.get("flavour_id")), list(design.flavours)
    return model.Nsd(
        id=text(top.properties.get("descriptor_id")),
        designer=text(top.properties.get("designer")),
        version=text(top.properties.get("version")),
        name=text(top.properties.get("name")),
        invariant_id=text(top.properties.get("invariant_id")),
        default_flavour=default if default in flavours else flavours[0],
        flavours={
            name: _flavour(name, topology, top, findings)
            for name, topology in design.flavours.items()
        },
        ext_invariant_id=text(top.properties.get("ext_invariant_id")),
        service_availability_level=integer(top.properties.get("service_availability_level"))
        or None,
        priority=integer(top.properties["priority"]) if "priority" in top.properties else None,
        properties=others(top.properties, *_READ),
    )


def _flavour(name: str, topology: Topology, service: Node, findings: Findings) -> model.NsDf:
    """`whole` stands for the NS in the top template; its scripts are those of flavours without."""
    top = node_of(topology, "ns")
    nested = {key: node for key, node in topology.of_type(NODE + "NS").items() if key != top.name}
    vnfs, pnfs = topology.of_type(NODE + "VNF"), topology.of_type(NODE + "PNF")
    saps = topology.of_type(NODE + "Sap")
    profiles = [*vnfs.values(), *pnfs.values(), *nested.values()]
    links = _links_of_all(topology, [*profiles, *saps.values()], findings)
    return model.NsDf(
        id=name,
        vnf_profiles={key: _vnf_profile(node, links) for key, node in vnfs.items()},
        pnf_profiles={key: _pnf_profile(node, links) for key, node in pnfs.items()},
        ns_profiles={key: _ns_profile(node, links) for key, node in nested.items()},
        virtual_links={
            key: virtual_link(node)
            for key, node in topology.of_type(NODE + "NsVirtualLink").items()
        },
        sapds={key: _sapd(node, links) for key, node in saps.items()},
        operations=lcm.operations(top, "Nslcm") or lcm.operations(service, "Nslcm"),
        requirements={key: target[0] for key, target in topology.mappings().items()},
        **_policies(topology),
        **forwarding.paths(topology, profiles, findings),
        **nslevels.sizes(topology, findings),
    )


def _links_of_all(topology: Topology, nodes: list[Node], findings: Findings) -> dict[str, str]:
    """The NS virtual link by what leads to it: itself, or a Forwarding node in between.

    What the nodes and the Forwarding nodes require otherwise is a finding."""
    vlds = topology.of_type(NODE + "NsVirtualLink")
    forwarding_nodes = topology.of_type(NODE + "Forwarding")
    links = {key: key for key in vlds}
    links |= {key: node.target("virtual_link") or "" for key, node in forwarding_nodes.items()}
    for node in nodes:
        _check_links(node, topology, links, findings)
    for node in forwarding_nodes.values():
        _check_links(node, topology, vlds, findings)
    return links


def _policies(topology: Topology) -> Tree:
    """What policies and groups say besides sizes and paths, as an NsDf has it."""
    return {
        "affinity": policies.affinity(topology, "tosca.policies.nfv.Ns"),
        "policies": unmodelled.unmodelled(topology),
        **policies.groups(topology, "tosca.groups.nfv.NsPlacementGroup"),
        "security_groups": policies.security_groups(topology),
        "monitoring": _monitoring(topology),
        "autoscale": [
            {"name": policy.name, "triggers": policy.triggers}
            for policy in topology.policies_of("tosca.policies.nfv.NsAutoScale")
        ],
    }


def _vnf_profile(node: Node, links: dict[str, str]) -> model.VnfProfile:
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
            **{
                name: value
                for name, value in configurable.items()
                if name != "additional_configurable_properties"
            },
            **additional,
        },
        target_scale_levels=_scale_levels(profile.get("target_vnf_scale_level_info")),
        service_availability_level=integer(profile.get("service_availability_level")) or None,
        ext_invariant_id=text(node.properties.get("ext_invariant_id")),
        version_dependencies=_dependencies(profile),
    )


def _pnf_profile(node: Node, links: dict[str, str]) -> model.PnfProfile:
    return model.PnfProfile(
        node.name,
        text(node.properties.get("descriptor_id")),
        _links(node, links),
        text(node.properties.get("ext_invariant_id")),
        _dependencies(node.properties),
        others(node.properties, *_PNF),
    )


def _ns_profile(node: Node, links: dict[str, str]) -> model.NsProfile:
    profile = mapping(node.properties.get("ns_profile"))
    minimum = integer(profile.get("min_number_of_instances"), 1)
    return model.NsProfile(
        node.name,
        text(node.properties.get("descriptor_id")),
        text(node.properties.get("flavour_id")) or text(profile.get("flavour_id")),
        _links(node, links),
        text(profile.get("ns_instantiation_level")) or None,
        minimum,
        integer(profile.get("max_number_of_instances"), max(1, minimum)),
        _scale_levels(profile.get("target_ns_scale_level")),
        text(node.properties.get("ext_invariant_id")),
        _dependencies(profile),
        others(node.properties, *_READ),
    )


def _scale_levels(levels: object) -> dict[str, int]:
    return {
        str(aspect): integer(mapping(info).get("scale_level"))
        for aspect, info in mapping(levels).items()
    }


def _dependencies(profile: Tree) -> list[Tree]:
    return [mapping(item) for item in sequence(profile.get("version_dependency"))]


def _monitoring(topology: Topology) -> list[model.MonitoringParameter]:
    """NsMonitoring and VnfMonitoring, once per node they are about."""
    return [
        parameter
        for kind, key in (
            ("NsMonitoring", "ns_monitoring_parameters"),
            ("VnfMonitoring", "vnf_monitoring_parameters"),
        )
        for policy in topology.policies_of("tosca.policies.nfv." + kind)
        for target in policy.targets or [""]
        for parameter in monitoring.parameters(policy.properties.get(key), target)
    ]


def _links(node: Node, links: dict[str, str]) -> dict[str, str]:
    """Requirement of the node -> NS virtual link; `links` also leads from Forwarding nodes to
    theirs."""
    return {name: links[target] for name, target, _ in node.requirements if links.get(target)}


def _check_links(node: Node, topology: Topology, links: Iterable[str], findings: Findings) -> None:
    for index, (name, target, _) in enumerate(node.requirements):
        if target and target in topology.nodes and target not in links and name != "dependency":
            findings.error(
                "nsd-not-a-link",
                node.unit.path,
                f"{node.name}: the requirement {name} leads to {target}, which is a "
                f"{topology.nodes[target].type}",
                "name an NsVirtualLink",
                node.at("requirements", index),
            )


def _sapd(node: Node, links: dict[str, str]) -> model.Sapd:
    target = node.target("internal_virtual_link", "virtual_link") or ""
    return model.Sapd(
        node.name,
        links.get(target, target) or None,
        **cps.common(node),
        trunk_mode=node.properties.get("trunk_mode") is True,
        properties=others(node.properties, "layer_protocols", "role", "protocol", "trunk_mode"),
    )
