# SPDX-License-Identifier: Apache-2.0
"""Sizes and numbers beyond reason: no machine has them."""

from __future__ import annotations

from collections.abc import Iterator

from descriptors import model
from descriptors.findings import Findings
from descriptors.tosca.topology import Topology

_EXBIBYTE = 2**40  # in MiB
_VCPUS = 100_000
_INSTANCES = 1_000_000


def check(topology: Topology, df: model.VnfDf, findings: Findings) -> None:
    """The sizes of a flavour's VDUs, containers and storages."""
    for node, name, number, most in _sizes(df):
        if number > most and node in topology.nodes:
            place = topology.nodes[node]
            message = f"{node}: {name} of {number} is beyond reason; the most is {most}"
            findings.error("sol001-size", place.unit.path, message, "check its unit", place.at())


def _sizes(df: model.VnfDf) -> Iterator[tuple[str, str, int, int]]:
    """Node, what it asks for, how much, and how much it may be."""
    for vdu in df.vdus.values():
        yield vdu.id, "vCPUs", vdu.vcpus, _VCPUS
        yield vdu.id, "memory in MiB", vdu.memory, _EXBIBYTE
        yield vdu.id, "local storage in MiB", sum(vdu.local_storage), _EXBIBYTE
        yield vdu.id, "minimum of instances", vdu.minimum, _INSTANCES
    for storage in df.storages.values():
        yield storage.id, "size in MiB", storage.size, _EXBIBYTE
    for container in df.containers.values():
        yield container.id, "storage in MiB", container.storage, _EXBIBYTE
