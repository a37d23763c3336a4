# SPDX-License-Identifier: Apache-2.0
"""Reads affinity rules, placement groups, supported interfaces and security groups."""

from __future__ import annotations

from descriptors import model
from descriptors.leaves import Tree, integer, mapping, text
from descriptors.tosca.topology import Topology

POLICY = "tosca.policies.nfv."


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


def groups(topology: Topology, base: str) -> Tree:
    """`placement_groups` and their descriptions."""
    return {
        "placement_groups": topology.groups_of(base),
        "placement_descriptions": descriptions(topology, base),
    }


def descriptions(topology: Topology, base: str) -> dict[str, str]:
    """What groups of a type say of themselves."""
    result = {}
    for name in topology.groups_of(base):
        properties = mapping(topology.groups[name].get("properties"))
        if description := text(properties.get("description")):
            result[name] = description
    return result


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
    policies = {
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
        for name, policy in policies.items()
    ]
