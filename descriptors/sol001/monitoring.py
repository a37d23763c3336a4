# SPDX-License-Identifier: Apache-2.0
"""Reads what is monitored: parameters of the VNF, its VDUs and links, indicators."""

from __future__ import annotations

from collections.abc import Iterable

from descriptors import model
from descriptors.leaves import mapping, sequence, text
from descriptors.sol001.policies import POLICY
from descriptors.tosca.topology import Node, Topology
from descriptors.units import TIMES, number


def parameters(value: object, of: str) -> Iterable[model.MonitoringParameter]:
    """monitoring_parameters: a map since 4.x, a list of maps or of unnamed items before."""
    items = value.items() if isinstance(value, dict) else enumerate(sequence(value))
    for name, item in items:
        parameter = mapping(item)
        yield model.MonitoringParameter(
            str(name),
            text(parameter.get("name")) or str(name),
            text(parameter.get("performance_metric")),
            of,
            number(parameter.get("collection_period"), TIMES),
        )


def monitoring(nodes: Iterable[Node]) -> list[model.MonitoringParameter]:
    """The parameters of the VNF itself, its VDUs and links."""
    return [
        parameter
        for node in nodes
        for parameter in parameters(node.properties.get("monitoring_parameters"), node.name)
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
