# SPDX-License-Identifier: Apache-2.0
"""Deltas and levels against the aspects and profiles that they are about."""

from __future__ import annotations

from descriptors import model
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import text
from descriptors.sol001 import numbers
from descriptors.sol001.numbers import Aspect, Sized
from descriptors.tosca.policies import report
from descriptors.tosca.topology import Topology


def check_deltas(
    topology: Topology, sized: Sized, aspects: dict[str, Aspect], findings: Findings
) -> None:
    """Deltas belong to a declared aspect; a VDU that is scaled says from which number."""
    for policy in numbers.policies(topology, numbers.DELTAS):
        if (name := text(policy.properties.get("aspect"))) not in aspects:
            report(
                policy,
                findings,
                "vnfd-unknown-aspect",
                f"the aspect {name!r} is not declared",
                closest(name, aspects),
                "aspect",
            )
    initial = {
        vdu
        for policy in topology.policies_of(numbers.POLICY + numbers.INITIAL[0])
        for vdu in topology.expand(policy.targets)
    }
    scaled = {node for aspect in aspects.values() for step in aspect.steps for node, _ in step}
    for name, vdu in sized.vdus.items():
        if name in scaled and name not in initial:
            findings.warning(
                "vnfd-no-initial-delta",
                topology.unit.path,
                f"{name} is scaled, but no VduInitialDelta says from which "
                f"number; the minimum counts, {vdu.minimum}",
                "add a VduInitialDelta",
                topology.nodes[name].at(),
            )


def check_profiles(
    topology: Topology,
    sized: Sized,
    aspects: dict[str, Aspect],
    levels: dict[str, model.InstantiationLevel],
    findings: Findings,
) -> None:
    """The most VNFCs that any level or aspect makes must be within max_number_of_instances, the
    least not below the minimum."""
    for name, vdu in sized.vdus.items():
        numbers = {
            f"level {level.id}": level.vdus.get(name, vdu.minimum) for level in levels.values()
        }
        for aspect in aspects.values():
            if any((name, "") in step for step in aspect.steps):
                most = sized.at(aspects, {aspect.name: aspect.most})[name, ""]
                numbers[f"aspect {aspect.name} at scale level {aspect.most}"] = most
        for what, number in numbers.items():
            if not vdu.minimum <= number <= vdu.maximum:
                findings.warning(
                    "vnfd-instances",
                    topology.unit.path,
                    f"{name}: {what} makes {number} VNFCs, vdu_profile allows "
                    f"{vdu.minimum} to {vdu.maximum}",
                    "widen vdu_profile, or narrow the level",
                    topology.nodes[name].at("properties", "vdu_profile"),
                )
