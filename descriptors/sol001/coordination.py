# SPDX-License-Identifier: Apache-2.0
"""Reads LCM coordination actions and the operations that name them."""

from __future__ import annotations

from descriptors import model
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import mapping, text, texts
from descriptors.sol001.policies import POLICY
from descriptors.tosca.policies import Policy, report
from descriptors.tosca.topology import Topology


def coordinations(topology: Topology, findings: Findings) -> list[model.LcmCoordination]:
    """LcmCoordinationAction and the operations that name it."""
    operations: dict[str, list[str]] = {}
    for policy in topology.policies_of(POLICY + "LcmCoordinationsForLcmOperation"):
        for name in actions(topology, policy, findings):
            operations.setdefault(name, []).append(text(policy.properties.get("vnf_lcm_operation")))
    coordinations = []
    for policy in topology.policies_of(POLICY + "LcmCoordinationAction"):
        action = mapping(policy.properties.get("action"))
        coordinations.append(
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
    return coordinations


def referenced_coordinations(topology: Topology) -> dict[str, list[str]]:
    """LCM operation -> names of coordination actions specified elsewhere (type file 2344)."""
    references: dict[str, list[str]] = {}
    for policy in topology.policies_of(POLICY + "LcmCoordinationsForLcmOperation"):
        if names := texts(policy.properties.get("referenced_coordination_actions")):
            operation = text(policy.properties.get("vnf_lcm_operation"))
            references.setdefault(operation, []).extend(names)
    return references


def actions(topology: Topology, policy: Policy, findings: Findings) -> list[str]:
    """The ids of the coordination actions of this VNFD that a policy names."""
    declared = topology.policies_of(POLICY + "LcmCoordinationAction")
    names = {
        key: item.name
        for item in declared
        for key in (item.name, text(item.properties.get("action_name")))
    }
    actions = []
    for name in texts(policy.properties.get("actions")):
        if name in names:
            actions.append(names[name])
        else:
            report(
                policy,
                findings,
                "vnfd-unknown-coordination",
                f"there is no LcmCoordinationAction {name!r}",
                closest(name, names)
                or "actions of others than this VNFD go to referenced_coordination_actions",
                "actions",
            )
    return actions
