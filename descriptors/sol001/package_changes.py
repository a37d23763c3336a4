# SPDX-License-Identifier: Apache-2.0
"""Reads VnfPackageChange policies: what may be changed to what, and how."""

from __future__ import annotations

from collections.abc import Iterable

from descriptors import model
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, mapping, sequence, text, texts
from descriptors.sol001 import coordination
from descriptors.sol001.policies import POLICY
from descriptors.tosca.policies import Policy, report
from descriptors.tosca.topology import Topology

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


def package_changes(
    topology: Topology,
    vnfd: str,
    flavours: Iterable[str],
    components: dict[str, Iterable[str]],
    findings: Findings,
) -> list[model.PackageChange]:
    """VnfPackageChange; `known` has the names of instantiation_level and scaling_aspect.

    Its flavour is one of the destination's: it can be checked only where `vnfd` is the destination.
    """
    changes = []
    for policy in topology.policies_of(POLICY + "VnfPackageChange"):
        flavour = text(policy.properties.get("destination_flavour_id"))
        selectors = [mapping(item) for item in sequence(policy.properties.get("selector"))]
        here = any(text(item.get("destination_descriptor_id")) == vnfd for item in selectors)
        if here and flavour not in flavours:
            report(
                policy,
                findings,
                "sol001-unknown-flavour",
                f"there is no flavour {flavour!r}",
                closest(flavour, flavours),
                "destination_flavour_id",
            )
        mappings = [mapping(item) for item in sequence(policy.properties.get("component_mappings"))]
        for index, item in enumerate(mappings):
            _check_mapping(topology, policy, index, item, components, findings)
        changes.append(
            model.PackageChange(
                policy.name,
                text(policy.properties.get("modification_qualifier")) or "up",
                flavour,
                selectors,
                mappings,
                coordination.actions(topology, policy, findings),
                texts(policy.properties.get("referenced_coordination_actions")),
                text(policy.properties.get("additional_modification_description")),
            )
        )
    return changes


def _check_mapping(
    topology: Topology,
    policy: Policy,
    index: int,
    item: Tree,
    components: dict[str, Iterable[str]],
    findings: Findings,
) -> None:
    """The component of this VNFD is the destination, or the source where it is left: one of the two
    must be here."""
    kind, ends = (
        text(item.get("component_type")),
        [text(item.get("source_id")), text(item.get("destination_id"))],
    )
    here = [name for base in _COMPONENTS.get(kind, ()) for name in topology.of_type(base)] + list(
        components.get(kind, ())
    )
    if kind in (*_COMPONENTS, *components) and not set(ends) & set(here):
        report(
            policy,
            findings,
            "vnfd-unknown-component",
            f"there is no {kind} {ends[1]!r} or {ends[0]!r} here",
            closest(ends[1], here),
            "component_mappings",
            index,
        )
