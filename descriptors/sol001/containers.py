# SPDX-License-Identifier: Apache-2.0
"""Reads the parts of container based VNFs: OsContainer, deployable units, MCIOP (SOL001 6.8.12 to
6.8.15)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from descriptors.leaves import integer
from descriptors.model import Mciop, OsContainer, SwImage
from descriptors.tosca.topology import Node, Topology
from descriptors.units import mebibytes

NODE = "tosca.nodes.nfv."
REQUIREMENTS = ("huge_pages_resources", "cpu_pinning_requirements", "extended_resource_requests")


def containers(topology: Topology, images: Mapping[str, SwImage]) -> dict[str, OsContainer]:
    """Every OsContainer by its id; `images` by node."""
    return {
        name: _container(node, images.get(name))
        for name, node in topology.of_type(NODE + "Vdu.OsContainer").items()
    }


def needs(node: Node, containers: dict[str, OsContainer]) -> tuple[int, int]:
    """CPUs, rounded up, and MiB of all containers of a deployable unit."""
    units = [containers[name] for name in node.targets("container") if name in containers]
    return math.ceil(sum(item.cpu for item in units) / 1000), sum(item.memory for item in units)


def mciops(topology: Topology) -> dict[str, Mciop]:
    """Every Mciop with its chart."""
    return {
        name: Mciop(name, node.targets("associatedVdu"), _chart(node), node.artifacts)
        for name, node in topology.of_type(NODE + "Mciop").items()
    }


def _container(node: Node, image: SwImage | None) -> OsContainer:
    properties = node.properties
    return OsContainer(
        node.name,
        str(properties.get("name") or node.name),
        integer(properties.get("requested_cpu_resources")),
        integer(properties.get("cpu_resource_limit")) or None,
        mebibytes(properties.get("requested_memory_resources")),
        mebibytes(properties.get("memory_resource_limit")) or None,
        properties,
        image,
        mebibytes(properties.get("requested_ephemeral_storage_resources")),
        mebibytes(properties.get("ephemeral_storage_resource_limit")) or None,
        {name: properties[name] for name in REQUIREMENTS if properties.get(name)},
    )


def _chart(node: Node) -> str | None:
    return next(
        (path for artifact in node.artifacts.values() if (path := node.file(artifact.get("file")))),
        None,
    )
