# SPDX-License-Identifier: Apache-2.0
"""Reads what policies and groups say besides sizes: affinity, security groups, monitoring,
coordination, changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from descriptors import model
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import integer, mapping, sequence, text, texts
from descriptors.tosca.topology import Node, Policy, Topology, report
from descriptors.units import TIMES, number

POLICY = "tosca.policies.nfv."
NODE = "tosca.nodes.nfv."
# What a component mapping may lead to, by component_type: keys of the places where it must be.
_COMPONENTS = {
    "vdu": (NODE + "Vdu.Compute", NODE + "Vdu.OsContainerDeployableUnit"),
    "cp": (NODE + "Cp",),
    "virtual_link": (NODE + "VnfVirtualLink",),
    "virtual_storage": (
        NODE + "Vdu.VirtualBlockStorage",
        NODE + "Vdu.VirtualObjectStorage",
        NODE + "Vdu.VirtualFileStorage",
    ),
}

# What of which policies the model says in fields of its own.
_SECURITY = (
    "description",
    "direction",
    "ether_type",
    "protocol",
    "port_range_min",
    "port_range_max",
)
TYPED = {
    POLICY + name: properties
    for name, properties in {
        "ScalingAspects": ("aspects",),
        "InstantiationLevels": ("levels", "default_level"),
        **{f"{kind}InstantiationLevels": ("levels",) for kind in ("Vdu", "VipCp", "VirtualLink")},
        **{
            f"{kind}ScalingAspectDeltas": ("aspect", "deltas")
            for kind in ("Vdu", "VipCp", "VirtualLinkBitrate")
        },
        **{
            f"{kind}InitialDelta": ("initial_delta",)
            for kind in ("Vdu", "VipCp", "VirtualLinkBitrate")
        },
        "NsScalingAspects": ("aspects",),
        "NsInstantiationLevels": ("ns_levels", "default_level"),
        "VnfToLevelMapping": ("aspect", "number_of_instances"),
        "VnfToInstantiationLevelMapping": ("number_of_instances",),
        "NsToLevelMapping": ("aspect", "number_of_instances"),
        "NsToInstantiationLevelMapping": ("number_of_instances",),
        "VirtualLinkToLevelMapping": ("aspect", "bit_rate_requirements"),
        "VirtualLinkToInstantiationLevelMapping": ("bit_rate_requirements",),
        "AffinityRule": ("scope",),
        "AntiAffinityRule": ("scope",),
        "NsAffinityRule": ("scope",),
        "NsAntiAffinityRule": ("scope",),
        "SecurityGroupRule": _SECURITY,
        "NsSecurityGroupRule": _SECURITY,
        "Abstract.SecurityGroupRule": _SECURITY,
        "VnfIndicator": ("source", "triggers"),
        "NsAutoScale": ("triggers",),
        "NsMonitoring": ("ns_monitoring_parameters",),
        "VnfMonitoring": ("vnf_monitoring_parameters",),
        "LcmCoordinationAction": ("action_name", "action"),
        "SupportedVnfInterface": ("interface_name", "details"),
        "DataFlowInfo": ("data_flow_info_id", "associated_mirroring_job_name", "direction"),
        "LcmCoordinationsForLcmOperation": (
            "vnf_lcm_operation",
            "actions",
            "referenced_coordination_actions",
        ),
        "VnfPackageChange": (
            "selector",
            "modification_qualifier",
            "additional_modification_description",
            "component_mappings",
            "destination_flavour_id",
            "actions",
            "referenced_coordination_actions",
        ),
        "NfpRule": (
            "ether_destination_address",
            "ether_source_address",
            "ether_type",
            "vlan_tag",
            "protocol",
            "dscp",
            "source_port_range",
            "destination_port_range",
            "source_ip_address_prefix",
            "destination_ip_address_prefix",
            "extended_criteria",
        ),
    }.items()
}


def kept(topology: Topology) -> list[dict[str, Any]]:
    """What policies say that the model has no place for, as read; nothing of those that it says
    altogether."""
    found = []
    for item in topology.policies:
        says = {**item.properties, **({"triggers": item.triggers} if item.triggers else {})}
        left = {
            name: value
            for name, value in says.items()
            if value is not None and name not in TYPED.get(item.type, ())
        }
        if left or item.type not in TYPED:
            more = {"triggers": left.pop("triggers")} if "triggers" in left else {}
            found.append(
                {
                    "name": item.name,
                    "type": item.type,
                    "properties": left,
                    "targets": item.targets,
                    **more,
                }
            )
    return found


def affinity(topology: Topology, prefix: str) -> list[model.AffinityRule]:
    """AffinityRule and AntiAffinityRule (NsAffinityRule, NsAntiAffinityRule), one per target.

    A node as target is a local rule: it is about its own instances. Only a group relates different
    nodes."""
    return [
        model.AffinityRule(
            policy.name if len(policy.targets) == 1 else f"{policy.name}/{target}",
            kind,
            text(policy.properties.get("scope")) or "nfvi_node",
            topology.expand([target]),
            local=target not in topology.groups,
        )
        for kind, suffix in (("affinity", "AffinityRule"), ("anti-affinity", "AntiAffinityRule"))
        for policy in topology.policies_of(prefix + suffix)
        for target in policy.targets
    ]


def groups(topology: Topology, base: str) -> dict[str, Any]:
    """`placement_groups` and their descriptions."""
    return {
        "placement_groups": topology.groups_of(base),
        "placement_descriptions": descriptions(topology, base),
    }


def descriptions(topology: Topology, base: str) -> dict[str, str]:
    """What groups of a type say of themselves."""
    return {
        name: said
        for name in topology.groups_of(base)
        if (said := text(mapping(topology.groups[name].get("properties")).get("description")))
    }


def interfaces(topology: Topology) -> list[model.VnfInterface]:
    """SupportedVnfInterface."""
    return [
        model.VnfInterface(
            policy.name,
            text(policy.properties.get("interface_name")),
            topology.expand(policy.targets),
            mapping(policy.properties.get("details")),
        )
        for policy in topology.policies_of(POLICY + "SupportedVnfInterface")
    ]


def security_groups(topology: Topology) -> list[model.SecurityGroupRule]:
    """SecurityGroupRule, NsSecurityGroupRule, PnfSecurityGroupRule."""
    found = {
        policy.name: policy
        for base in ("Abstract.SecurityGroupRule", "SecurityGroupRule", "NsSecurityGroupRule")
        for policy in topology.policies_of(POLICY + base)
    }
    return [
        model.SecurityGroupRule(
            name,
            text(policy.properties.get("direction")) or "ingress",
            text(policy.properties.get("ether_type")) or "ipv4",
            text(policy.properties.get("protocol")) or "tcp",
            integer(policy.properties.get("port_range_min")),
            integer(policy.properties.get("port_range_max"), 65535),
            topology.expand(policy.targets),
            text(policy.properties.get("description")),
        )
        for name, policy in found.items()
    ]


def parameters(written: Any, of: str) -> Iterable[model.MonitoringParameter]:
    """monitoring_parameters: a map since 4.x, a list of maps or of unnamed items before."""
    items = written.items() if isinstance(written, dict) else enumerate(sequence(written))
    for name, item in items:
        known = mapping(item)
        yield model.MonitoringParameter(
            str(name),
            text(known.get("name")) or str(name),
            text(known.get("performance_metric")),
            of,
            number(known.get("collection_period"), TIMES),
        )


def monitoring(nodes: Iterable[Node]) -> list[model.MonitoringParameter]:
    """The parameters of the VNF itself, its VDUs and links."""
    return [
        found
        for node in nodes
        for found in parameters(node.properties.get("monitoring_parameters"), node.name)
    ]


def indicators(topology: Topology) -> list[model.VnfIndicator]:
    return [
        model.VnfIndicator(
            policy.name,
            text(policy.properties.get("source")) or "vnf",
            policy.targets,
            policy.triggers,
        )
        for policy in topology.policies_of(POLICY + "VnfIndicator")
    ]


def coordinations(topology: Topology, findings: Findings) -> list[model.LcmCoordination]:
    """LcmCoordinationAction and the operations that name it."""
    operations: dict[str, list[str]] = {}
    for policy in topology.policies_of(POLICY + "LcmCoordinationsForLcmOperation"):
        for name in _actions(topology, policy, findings):
            operations.setdefault(name, []).append(text(policy.properties.get("vnf_lcm_operation")))
    found = []
    for policy in topology.policies_of(POLICY + "LcmCoordinationAction"):
        action = mapping(policy.properties.get("action"))
        found.append(
            model.LcmCoordination(
                policy.name,
                text(policy.properties.get("action_name")) or policy.name,
                text(action.get("endpoint_type")) or None,
                text(action.get("coordination_stage")) or None,
                operations.get(policy.name, []),
                mapping(action.get("input_parameters")),
                mapping(action.get("output_parameters")),
            )
        )
    return found


def referenced_coordinations(topology: Topology) -> dict[str, list[str]]:
    """LCM operation -> names of coordination actions that are specified elsewhere (type file
    2344)."""
    found: dict[str, list[str]] = {}
    for policy in topology.policies_of(POLICY + "LcmCoordinationsForLcmOperation"):
        if names := texts(policy.properties.get("referenced_coordination_actions")):
            found.setdefault(text(policy.properties.get("vnf_lcm_operation")), []).extend(names)
    return found


def package_changes(
    topology: Topology,
    vnfd: str,
    flavours: Iterable[str],
    known: dict[str, Iterable[str]],
    findings: Findings,
) -> list[model.PackageChange]:
    """VnfPackageChange; `known` has the names of instantiation_level and scaling_aspect.

    Its flavour is one of the destination's: it can be checked only where `vnfd` is the destination.
    """
    found = []
    for policy in topology.policies_of(POLICY + "VnfPackageChange"):
        flavour = text(policy.properties.get("destination_flavour_id"))
        selectors = [mapping(item) for item in sequence(policy.properties.get("selector"))]
        here = any(text(item.get("destination_descriptor_id")) == vnfd for item in selectors)
        if here and flavour not in flavours:
            report(
                topology,
                policy,
                findings,
                "sol001-unknown-flavour",
                f"there is no flavour {flavour!r}",
                closest(flavour, flavours),
                "destination_flavour_id",
            )
        mappings = [mapping(item) for item in sequence(policy.properties.get("component_mappings"))]
        for index, item in enumerate(mappings):
            _check_mapping(topology, policy, index, item, known, findings)
        found.append(
            model.PackageChange(
                policy.name,
                text(policy.properties.get("modification_qualifier")) or "up",
                flavour,
                selectors,
                mappings,
                _actions(topology, policy, findings),
                texts(policy.properties.get("referenced_coordination_actions")),
                text(policy.properties.get("additional_modification_description")),
            )
        )
    return found


def _actions(topology: Topology, policy: Policy, findings: Findings) -> list[str]:
    """The ids of the coordination actions of this VNFD that a policy names."""
    declared = topology.policies_of(POLICY + "LcmCoordinationAction")
    names = {
        key: item.name
        for item in declared
        for key in (item.name, text(item.properties.get("action_name")))
    }
    found = []
    for name in texts(policy.properties.get("actions")):
        if name in names:
            found.append(names[name])
        else:
            report(
                topology,
                policy,
                findings,
                "vnfd-unknown-coordination",
                f"there is no LcmCoordinationAction {name!r}",
                closest(name, names)
                or "actions of others than this VNFD go to referenced_coordination_actions",
                "actions",
            )
    return found


def _check_mapping(
    topology: Topology,
    policy: Policy,
    index: int,
    item: dict[str, Any],
    known: dict[str, Iterable[str]],
    findings: Findings,
) -> None:
    """The component of this VNFD is the destination, or the source where it is left: one of the two
    must be here."""
    kind, ends = (
        text(item.get("component_type")),
        [text(item.get("source_id")), text(item.get("destination_id"))],
    )
    here = [name for base in _COMPONENTS.get(kind, ()) for name in topology.of_type(base)] + list(
        known.get(kind, ())
    )
    if kind in (*_COMPONENTS, *known) and not set(ends) & set(here):
        report(
            topology,
            policy,
            findings,
            "vnfd-unknown-component",
            f"there is no {kind} {ends[1]!r} or {ends[0]!r} here",
            closest(ends[1], here),
            "component_mappings",
            index,
        )
