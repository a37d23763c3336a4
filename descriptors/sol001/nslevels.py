# SPDX-License-Identifier: Apache-2.0
"""Reads how large an NS is: NS levels and NS scaling aspects with what each maps to (SOL001 7.10,
IFA014 6.3.9)."""

from __future__ import annotations

import dataclasses
from typing import Any

from descriptors import model
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, integer, mapping, text
from descriptors.tosca.policies import Policy, report
from descriptors.tosca.topology import Topology

POLICY = "tosca.policies.nfv."
_KINDS = (
    ("Vnf", "vnfs", "number_of_instances"),
    ("Ns", "nss", "number_of_instances"),
    ("VirtualLink", "bitrates", "bit_rate_requirements"),
)


def sizes(topology: Topology, findings: Findings) -> Tree:
    """`levels`, `default_level` and `aspects` of an NsDf."""
    levels, default = _levels(topology, findings)
    return {"levels": levels, "default_level": default, "aspects": _aspects(topology, findings)}


def _levels(topology: Topology, findings: Findings) -> tuple[dict[str, model.NsLevel], str | None]:
    levels: dict[str, model.NsLevel] = {}
    default = None
    declaring = topology.policies_of(POLICY + "NsInstantiationLevels")
    for policy in declaring:
        for name, item in mapping(policy.properties.get("ns_levels")).items():
            levels[str(name)] = model.NsLevel(str(name), text(mapping(item).get("description")))
    for policy in declaring:
        default = text(policy.properties.get("default_level")) or default
        if default and default not in levels:
            report(
                policy,
                findings,
                "nsd-unknown-level",
                f"default_level {default!r} is not declared",
                closest(default, levels),
                "default_level",
            )
            default = None
    for kind, field, key in _KINDS:
        for policy in topology.policies_of(f"{POLICY}{kind}ToInstantiationLevelMapping"):
            _fill(topology, policy, field, key, levels, findings)
    return levels, default or next(iter(levels), None)


def _aspects(topology: Topology, findings: Findings) -> dict[str, model.NsScalingAspect]:
    levels: dict[str, dict[str, model.NsLevel]] = {}
    declared: dict[str, Tree] = {}
    for policy in topology.policies_of(POLICY + "NsScalingAspects"):
        for name, item in mapping(policy.properties.get("aspects")).items():
            declared[str(name)] = mapping(item)
            levels[str(name)] = {
                str(level): model.NsLevel(str(level), text(mapping(of).get("description")))
                for level, of in sorted(
                    mapping(mapping(item).get("ns_scale_levels")).items(), key=_by_number
                )
            }
    for kind, field, key in _KINDS:
        for policy in topology.policies_of(f"{POLICY}{kind}ToLevelMapping"):
            aspect = text(policy.properties.get("aspect"))
            if aspect not in declared:
                report(
                    policy,
                    findings,
                    "nsd-unknown-aspect",
                    f"the aspect {aspect!r} is not declared",
                    closest(aspect, declared),
                    "aspect",
                )
            else:
                _fill(topology, policy, field, key, levels[aspect], findings)
    return {
        name: model.NsScalingAspect(
            name,
            text(item.get("name")) or name,
            text(item.get("description")),
            list(levels[name].values()),
        )
        for name, item in declared.items()
    }


def _fill(
    topology: Topology,
    policy: Policy,
    field: str,
    key: str,
    levels: dict[str, model.NsLevel],
    findings: Findings,
) -> None:
    """Adds to each level what the policy says of its targets."""
    for name, value in mapping(policy.properties.get(key)).items():
        level = levels.get(str(name))
        if level is None:
            report(
                policy,
                findings,
                "nsd-unknown-level",
                f"the level {name!r} is not declared",
                closest(name, levels),
                key,
                name,
            )
            continue
        values = {
            target: mapping(value) if field == "bitrates" else integer(value)
            for target in topology.expand(policy.targets)
        }
        levels[str(name)] = dataclasses.replace(
            level,
            **{field: {**getattr(level, field), **values}},  # type: ignore[arg-type]
        )


def _by_number(item: tuple[Any, Any]) -> tuple[int, str]:
    return integer(str(item[0])), str(item[0])
