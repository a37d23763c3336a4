# SPDX-License-Identifier: Apache-2.0
"""Reads instantiation levels: their scale levels, and the numbers that policies give."""

from __future__ import annotations

from descriptors import model
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, integer, mapping, text
from descriptors.sol001 import numbers
from descriptors.sol001.numbers import Aspect, Numbers, Sized
from descriptors.tosca.policies import Policy, report, warn
from descriptors.tosca.topology import Topology


def levels(
    topology: Topology, sized: Sized, aspects: dict[str, Aspect], findings: Findings
) -> tuple[dict[str, model.InstantiationLevel], str | None]:
    """The instantiation levels of a flavour, and the one that counts where none is asked for."""
    declared = numbers.declared(topology, "InstantiationLevels", "levels")
    fixed = _fixed(topology, sized, declared, findings)
    levels: dict[str, model.InstantiationLevel] = {}
    for name, (policy, item) in declared.items():
        scale = {
            str(aspect): integer(mapping(info).get("scale_level"))
            for aspect, info in mapping(item.get("scale_info")).items()
        }
        scaled, numbers_fixed = sized.at(aspects, scale), fixed.get(name, {})
        if _check_scale(topology, policy, name, scale, aspects, findings):
            _check_level(topology, policy, name, scaled, numbers_fixed, aspects, findings)
        sizes = sized.split({**scaled, **numbers_fixed})
        levels[name] = model.InstantiationLevel(
            name, text(item.get("description")), scale=scale, **sizes
        )
    return levels, _default(topology, levels, findings) or next(iter(levels), None)


def _default(
    topology: Topology, levels: dict[str, model.InstantiationLevel], findings: Findings
) -> str | None:
    default = None
    for policy in topology.policies_of(numbers.POLICY + "InstantiationLevels"):
        default = text(policy.properties.get("default_level")) or default
        if default and default not in levels:
            report(
                policy,
                findings,
                "vnfd-unknown-level",
                f"default_level {default!r} is not declared",
                closest(default, levels),
                "default_level",
            )
            default = None
    return default


def _fixed(
    topology: Topology, sized: Sized, declared: Tree, findings: Findings
) -> dict[str, Numbers]:
    """The numbers that policies give at the declared levels; of two, the first counts."""
    fixed: dict[str, Numbers] = {}
    for policy in numbers.policies(topology, numbers.LEVELS):
        for name, item in mapping(policy.properties.get("levels")).items():
            if str(name) not in declared:
                report(
                    policy,
                    findings,
                    "vnfd-unknown-level",
                    f"the level {name!r} is not declared",
                    closest(name, declared),
                    "levels",
                    name,
                )
            level = fixed.setdefault(str(name), {})
            _add(topology, policy, str(name), level, item, findings)
    nodes = {*sized.vdus, *sized.vips, *sized.links}
    return {
        name: {key: number for key, number in level.items() if key[0] in nodes}
        for name, level in fixed.items()
    }


def _add(
    topology: Topology, policy: Policy, name: str, level: Numbers, item: object, findings: Findings
) -> None:
    """Adds to a level what a policy says of it, unless another one said it before."""
    for (node, part), number in numbers.numbers(topology, policy, item).items():
        first = level.setdefault((node, part), number)
        if first != number:
            warn(
                policy,
                findings,
                "vnfd-level-twice",
                f"a second policy says {number} of {numbers.what(node, part)} at "
                f"{name}; the first counts, {first}",
                "remove one",
                "levels",
            )


def _check_scale(
    topology: Topology,
    policy: Policy,
    level: str,
    scale: dict[str, int],
    aspects: dict[str, Aspect],
    findings: Findings,
) -> bool:
    """Whether the level's scale levels are such that its aspects have."""
    count = len(findings)
    for aspect, number in scale.items():
        place = ("levels", level, "scale_info", aspect)
        if aspect not in aspects:
            report(
                policy,
                findings,
                "vnfd-unknown-aspect",
                f"level {level}: the aspect {aspect!r} is not declared",
                closest(aspect, aspects),
                *place,
            )
        elif number > aspects[aspect].most:
            report(
                policy,
                findings,
                "vnfd-scale-level",
                f"level {level}: scale level {number} of {aspect} is over its max_scale_level "
                f"{aspects[aspect].most}",
                "lower it, or raise max_scale_level",
                *place,
            )
    return len(findings) == count


def _check_level(
    topology: Topology,
    policy: Policy,
    level: str,
    scaled: Numbers,
    fixed: Numbers,
    aspects: dict[str, Aspect],
    findings: Findings,
) -> None:
    """Where an aspect scales a node, the level's number must be that of the level's scale levels:
    scaling starts from it."""
    scales = {key for aspect in aspects.values() for step in aspect.steps for key in step}
    for key, number in fixed.items():
        if key in scales and number != scaled.get(key, 0):
            warn(
                policy,
                findings,
                "vnfd-level-scale",
                f"level {level} has {number} of {numbers.what(*key)}, its scale levels make "
                f"{scaled.get(key, 0)}",
                "let scale_info and the policies of numbers say the same",
                "levels",
                level,
            )
