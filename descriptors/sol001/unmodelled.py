# SPDX-License-Identifier: Apache-2.0
"""What policies say that the model has no field for: kept as read, so that nothing is lost."""

from __future__ import annotations

from descriptors.leaves import Tree
from descriptors.sol001.policies import POLICY
from descriptors.tosca.topology import Topology

# What of which policies the model says in fields of its own.
_SECURITY = (
    "description",
    "direction",
    "ether_type",
    "protocol",
    "port_range_min",
    "port_range_max",
)


_NAMES: dict[str, tuple[str, ...]] = {
    "ScalingAspects": ("aspects",),
    "InstantiationLevels": ("levels", "default_level"),
    **{f"{kind}InstantiationLevels": ("levels",) for kind in ("Vdu", "VipCp", "VirtualLink")},
    **{
        f"{kind}ScalingAspectDeltas": ("aspect", "deltas")
        for kind in ("Vdu", "VipCp", "VirtualLinkBitrate")
    },
    **{
        f"{kind}InitialDelta": ("initial_delta",) for kind in ("Vdu", "VipCp", "VirtualLinkBitrate")
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
}
TYPED = {POLICY + name: properties for name, properties in _NAMES.items()}


def unmodelled(topology: Topology) -> list[Tree]:
    """What policies say that the model has no place for, as read; nothing of those that it says
    altogether."""
    policies = []
    for item in topology.policies:
        says = {**item.properties, **({"triggers": item.triggers} if item.triggers else {})}
        rest = {
            name: value
            for name, value in says.items()
            if value is not None and name not in TYPED.get(item.type, ())
        }
        if rest or item.type not in TYPED:
            more = {"triggers": rest.pop("triggers")} if "triggers" in rest else {}
            policies.append(
                {
                    "name": item.name,
                    "type": item.type,
                    "properties": rest,
                    "targets": item.targets,
                    **more,
                }
            )
    return policies
