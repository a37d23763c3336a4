# SPDX-License-Identifier: Apache-2.0
"""Reads the policies that say how many: scaling aspects, instantiation levels; and who with whom: affinity."""
from __future__ import annotations

from typing import Any

from descriptors import model, resources
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.scalars import integer, mapping, text, texts
from descriptors.tosca.topology import Policy, Topology, report

POLICY = "tosca.policies.nfv."


def sizes(topology: Topology, vdus: dict[str, model.Vdu], findings: Findings) -> dict[str, Any]:
    """`aspects`, `levels`, `default_level` and `initial` of a VnfDf."""
    initial = _initial(topology, vdus)
    aspects = {aspect.id: aspect for aspect in _aspects(topology, findings)}
    levels, default = _levels(topology, vdus, aspects, initial, findings)
    _check_profiles(topology, vdus, aspects, initial, levels, findings)
    return {"aspects": aspects, "levels": levels, "default_level": default, "initial": initial}


def affinity(topology: Topology, prefix: str) -> list[model.AffinityRule]:
    """AffinityRule and AntiAffinityRule (NsAffinityRule, NsAntiAffinityRule), groups replaced by their members."""
    found = []
    for kind, suffix in (("affinity", "AffinityRule"), ("anti-affinity", "AntiAffinityRule")):
        for policy in topology.policies_of(prefix + suffix):
            scope = text(policy.properties.get("scope")) or "nfvi_node"
            found.append(model.AffinityRule(policy.name, kind, scope, topology.expand(policy.targets)))
    return found


def _initial(topology: Topology, vdus: dict[str, model.Vdu]) -> dict[str, int]:
    """VduInitialDelta, and the minimum of a VDU that has none."""
    stated = {vdu: integer(mapping(policy.properties.get("initial_delta")).get("number_of_instances"))
              for policy in topology.policies_of(POLICY + "VduInitialDelta") for vdu in topology.expand(policy.targets)}
    return {vdu: stated.get(vdu, item.minimum) for vdu, item in vdus.items()}


def _aspects(topology: Topology, findings: Findings) -> list[model.ScalingAspect]:
    deltas: dict[str, dict[str, dict[str, int]]] = {}            # aspect: delta: vdu: number
    policies = topology.policies_of(POLICY + "VduScalingAspectDeltas")
    for policy in policies:
        for name, level in mapping(policy.properties.get("deltas")).items():
            of = deltas.setdefault(text(policy.properties.get("aspect")), {}).setdefault(str(name), {})
            of.update({vdu: integer(mapping(level).get("number_of_instances")) for vdu in policy.targets})
    found = []
    declared = {str(name): mapping(item) for policy in topology.policies_of(POLICY + "ScalingAspects")
                for name, item in mapping(policy.properties.get("aspects")).items()}
    declaring = {str(name): policy for policy in topology.policies_of(POLICY + "ScalingAspects")
                 for name in mapping(policy.properties.get("aspects"))}
    for policy in policies:
        if (aspect := text(policy.properties.get("aspect"))) not in declared:
            report(topology, policy, findings, "vnfd-unknown-aspect", f"the aspect {aspect!r} is not declared",
                   closest(aspect, declared), "aspect")
    for name, item in declared.items():
        known = deltas.get(name, {})
        steps = texts(item.get("step_deltas")) or list(known)[:1]
        for step in steps:
            if step not in known and known:
                report(topology, declaring[name], findings, "vnfd-unknown-delta",
                       f"aspect {name}: no VduScalingAspectDeltas has the step delta {step!r}", closest(step, known),
                       "aspects", name, "step_deltas")
        found.append(model.ScalingAspect(
            name, text(item.get("name")) or name, integer(item.get("max_scale_level")),
            [known.get(step, {}) for step in steps]))
    return found


def _levels(topology: Topology, vdus: dict[str, model.Vdu], aspects: dict[str, model.ScalingAspect],
            initial: dict[str, int], findings: Findings) -> tuple[dict[str, model.InstantiationLevel], str | None]:
    stated: dict[str, dict[str, int]] = {}                       # level: vdu: number
    for policy in topology.policies_of(POLICY + "VduInstantiationLevels"):
        for name, item in mapping(policy.properties.get("levels")).items():
            for vdu in policy.targets:
                number = integer(mapping(item).get("number_of_instances"))
                if stated.setdefault(str(name), {}).setdefault(vdu, number) != number:
                    findings.warning(
                        "vnfd-level-twice", topology.unit.path,
                        f"policy {policy.name}: a second VduInstantiationLevels says {number} of {vdu} at {name}; "
                        f"the first counts, {stated[str(name)][vdu]}", "remove one",
                        topology.unit.at("topology_template", "policies", policy.index, policy.name, "properties", "levels"))
    _check_names(topology, stated, findings)
    levels: dict[str, model.InstantiationLevel] = {}
    default = None
    for policy in topology.policies_of(POLICY + "InstantiationLevels"):
        for name, item in mapping(policy.properties.get("levels")).items():
            scale = {str(aspect): integer(mapping(info).get("scale_level"))
                     for aspect, info in mapping(mapping(item).get("scale_info")).items()}
            _check_scale(topology, policy, str(name), scale, aspects, findings)
            scaled = _scaled(initial, aspects, scale)
            own = {vdu: number for vdu, number in stated.get(str(name), {}).items() if vdu in vdus}
            _check_level(topology, policy, str(name), scaled, own, aspects, findings)
            levels[str(name)] = model.InstantiationLevel(
                str(name), text(mapping(item).get("description")), {**scaled, **own}, scale)
        default = text(policy.properties.get("default_level")) or default
        if default and default not in levels:
            report(topology, policy, findings, "vnfd-unknown-level", f"default_level {default!r} is not declared",
                   closest(default, levels), "default_level")
            default = None
    return levels, default or next(iter(levels), None)


def _check_names(topology: Topology, stated: dict[str, dict[str, int]], findings: Findings) -> None:
    """VduInstantiationLevels may only number levels that InstantiationLevels declares."""
    declared = {str(name) for policy in topology.policies_of(POLICY + "InstantiationLevels")
                for name in mapping(policy.properties.get("levels"))}
    for policy in topology.policies_of(POLICY + "VduInstantiationLevels"):
        for name in mapping(policy.properties.get("levels")):
            if str(name) not in declared:
                report(topology, policy, findings, "vnfd-unknown-level", f"the level {name!r} is not declared",
                       closest(name, declared), "levels", name)


def _check_profiles(topology: Topology, vdus: dict[str, model.Vdu], aspects: dict[str, model.ScalingAspect],
                    initial: dict[str, int], levels: dict[str, model.InstantiationLevel], findings: Findings) -> None:
    """The most VNFCs that any level or aspect makes must be within max_number_of_instances, the least not below the minimum."""
    for name, vdu in vdus.items():
        numbers = {f"level {level.id}": level.vdus.get(name, vdu.minimum) for level in levels.values()}
        for aspect in aspects.values():
            if any(name in step for step in aspect.deltas):
                most = _scaled(initial, aspects, {aspect.id: aspect.max_scale_level})[name]
                numbers[f"aspect {aspect.id} at scale level {aspect.max_scale_level}"] = most
        for what, number in numbers.items():
            if not vdu.minimum <= number <= vdu.maximum:
                findings.warning("vnfd-instances", topology.unit.path, f"{name}: {what} makes {number} VNFCs, vdu_profile allows "
                                 f"{vdu.minimum} to {vdu.maximum}", "widen vdu_profile, or narrow the level",
                                 topology.nodes[name].at("properties", "vdu_profile"))


def _check_scale(topology: Topology, policy: Policy, level: str, scale: dict[str, int],
                 aspects: dict[str, model.ScalingAspect], findings: Findings) -> None:
    for aspect, number in scale.items():
        place = ("levels", level, "scale_info", aspect)
        if aspect not in aspects:
            report(topology, policy, findings, "vnfd-unknown-aspect", f"level {level}: the aspect {aspect!r} is not declared",
                   closest(aspect, aspects), *place)
        elif number > aspects[aspect].max_scale_level:
            report(topology, policy, findings, "vnfd-scale-level",
                   f"level {level}: scale level {number} of {aspect} is over its max_scale_level "
                   f"{aspects[aspect].max_scale_level}", "lower it, or raise max_scale_level", *place)


def _check_level(topology: Topology, policy: Policy, level: str, scaled: dict[str, int], own: dict[str, int],
                 aspects: dict[str, model.ScalingAspect], findings: Findings) -> None:
    """Where an aspect scales a VDU, the level's number must be that of the level's scale levels: scaling starts from it."""
    scales = {vdu for aspect in aspects.values() for step in aspect.deltas for vdu in step}
    for vdu, number in own.items():
        if vdu in scales and number != scaled[vdu]:
            at = topology.unit.at("topology_template", "policies", policy.index, policy.name, "properties", "levels", level)
            findings.warning("vnfd-level-scale", topology.unit.path, f"policy {policy.name}: level {level} has {number} of {vdu}, "
                             f"its scale levels make {scaled[vdu]}", "let scale_info and VduInstantiationLevels say the same", at)


def _scaled(initial: dict[str, int], aspects: dict[str, model.ScalingAspect], scale: dict[str, int]) -> dict[str, int]:
    """VNFCs per VDU with the aspects at these scale levels: the initial number, and what every aspect adds."""
    numbers = dict(initial)
    for name, level in scale.items():
        if name in aspects:
            for vdu, number in resources.growth(aspects[name], min(level, aspects[name].max_scale_level)).items():
                numbers[vdu] = numbers.get(vdu, 0) + number
    return numbers
