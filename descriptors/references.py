# SPDX-License-Identifier: Apache-2.0
"""Checks of our own on what names refer to, with file, line and column; tosca-parser lets most of these pass."""
from __future__ import annotations

from descriptors.findings import Findings
from descriptors.scalars import sequence, text
from descriptors.topology import Node, Topology


def check(topology: Topology, findings: Findings) -> None:
    """Types, requirement targets, substitution mappings, policy targets and group members of one topology."""
    for node in topology.nodes.values():
        _check_type(topology, node, findings)
        _check_targets(topology, node, findings)
    _check_substitution(topology, findings)
    _check_policies(topology, findings)
    for name, group in topology.groups.items():
        for member in sequence(group.get("members")):
            if text(member) not in topology.nodes:
                findings.error(
                    "tosca-unknown-node",
                    topology.unit.path,
                    f"group {name}: there is no node {member!r}",
                    "",
                    topology.unit.at("topology_template", "groups", name, "members"),
                )


def _check_type(topology: Topology, node: Node, findings: Findings) -> None:
    lineage = topology.types.lineage("node_types", node.type)
    if not lineage:
        findings.error("tosca-no-type", node.unit.path, f"{node.name} has no type", "give it one", node.at())
    elif lineage[-1] not in topology.types.sections["node_types"] and (
            not lineage[-1].startswith("tosca.") or ".nfv." in lineage[-1]):
        findings.error("tosca-unknown-type", node.unit.path, f"{node.name}: the type {lineage[-1]} is not defined",
                       "import the file that defines it", node.at("type"))


def _check_targets(topology: Topology, node: Node, findings: Findings) -> None:
    known = topology.types.merged("node_types", node.type, "requirements")
    for index, (name, target, _) in enumerate(node.requirements):
        if target and target not in topology.nodes and target not in topology.types.sections["node_types"]:
            findings.error(
                "tosca-unknown-node",
                node.unit.path,
                f"{node.name}: the requirement {name} names {target!r}, which is no node here",
                f"nodes: {', '.join(topology.nodes)}",
                node.at("requirements", index),
            )
        if known and name not in known and name != "dependency":
            findings.error(
                "tosca-unknown-requirement",
                node.unit.path,
                f"{node.name}: {node.type} has no requirement {name!r}",
                f"it has {', '.join(known)}",
                node.at("requirements", index),
            )


def _check_substitution(topology: Topology, findings: Findings) -> None:
    for key in ("requirements", "capabilities"):
        for name, target in topology.mappings(key).items():
            if target[0] not in topology.nodes:
                findings.error("tosca-unknown-node", topology.unit.path, f"substitution_mappings: {name} leads to "
                               f"{target[0]!r}, which is no node here", f"nodes: {', '.join(topology.nodes)}",
                               topology.unit.at("topology_template", "substitution_mappings", key, name))


def _check_policies(topology: Topology, findings: Findings) -> None:
    for policy in topology.policies:
        for target in policy.targets:
            if target not in topology.nodes and target not in topology.groups:
                findings.error(
                    "tosca-unknown-node",
                    topology.unit.path,
                    f"policy {policy.name}: the target {target!r} is no node or group here",
                    "",
                    topology.unit.at("topology_template", "policies", policy.index, policy.name),
                )
