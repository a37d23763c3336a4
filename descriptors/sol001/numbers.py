# SPDX-License-Identifier: Apache-2.0
"""How many there are of each node, and what an aspect adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from descriptors import model, resources
from descriptors.leaves import Tree, integer, mapping
from descriptors.tosca.policies import Policy
from descriptors.tosca.topology import Topology

POLICY = "tosca.policies.nfv."

Numbers = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Aspect:
    """A scaling aspect by what each of its steps adds."""

    name: str
    most: int
    steps: list[Numbers]

    def adds(self, level: int) -> Numbers:
        """What it adds at a scale level, or at its highest."""
        return resources.grown(self.steps, min(level, self.most))


@dataclass(frozen=True)
class Sized:
    """The nodes of a flavour that have numbers, and what these are with all aspects at level 0."""

    vdus: dict[str, model.Vdu]
    vips: dict[str, model.VipCpd]
    links: dict[str, model.Vld]
    initial: Numbers

    def split(self, numbers: Numbers) -> Tree:
        """`vdus`, `vips` and `bitrates`, as the model has them."""
        rates: dict[str, dict[str, int]] = {}
        for (node, part), number in numbers.items():
            if part and node in self.links:
                rates.setdefault(node, {})[part] = number
        return {
            "vdus": {node: number for (node, _), number in numbers.items() if node in self.vdus},
            "vips": {node: number for (node, _), number in numbers.items() if node in self.vips},
            "bitrates": rates,
        }

    def at(self, aspects: dict[str, Aspect], scale: dict[str, int]) -> Numbers:
        """The numbers with the aspects at these scale levels: the initial ones, and what every
        aspect adds."""
        numbers = dict(self.initial)
        for name, level in scale.items():
            for key, more in (aspects[name].adds(level) if name in aspects else {}).items():
                numbers[key] = numbers.get(key, 0) + more
        return numbers


LEVELS = ("VduInstantiationLevels", "VipCpInstantiationLevels", "VirtualLinkInstantiationLevels")


DELTAS = (
    "VduScalingAspectDeltas",
    "VipCpScalingAspectDeltas",
    "VirtualLinkBitrateScalingAspectDeltas",
)


INITIAL = ("VduInitialDelta", "VipCpInitialDelta", "VirtualLinkBitrateInitialDelta")


def what(node: str, part: str) -> str:
    """What a number counts, in words."""
    return f"{node}'s {part} bit rate" if part else node


def policies(topology: Topology, kinds: tuple[str, ...]) -> Iterator[Policy]:
    return (policy for kind in kinds for policy in topology.policies_of(POLICY + kind))


def numbers(topology: Topology, policy: Policy, value: object) -> Numbers:
    """What a VduLevel, VipCpLevel or VirtualLinkBitrateLevel says of each target."""
    rates = mapping(mapping(value).get("bitrate_requirements"))
    parts = {str(part): integer(rate) for part, rate in rates.items()} or {
        "": integer(mapping(value).get("number_of_instances"))
    }
    return {
        (target, part): number
        for target in topology.expand(policy.targets)
        for part, number in parts.items()
    }


def declared(topology: Topology, kind: str, key: str) -> dict[str, tuple[Policy, Tree]]:
    """What policies of the kind declare below `key`, by name."""
    return {
        str(name): (policy, mapping(item))
        for policy in topology.policies_of(POLICY + kind)
        for name, item in mapping(policy.properties.get(key)).items()
    }
