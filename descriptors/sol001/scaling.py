# SPDX-License-Identifier: Apache-2.0
"""Reads the policies that say how many: scaling aspects, instantiation levels; and who with whom: affinity."""
from __future__ import annotations

from typing import Any

from descriptors import model, resources
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.scalars import integer, mapping, text, texts
from descriptors.tosca.topology import Policy, Topology, report, warn

POLICY = "tosca.policies.nfv."


def sizes(topology: Topology, vdus: dict[str, model.Vdu], findings: Findings) -> dict[str, Any]:
    """`aspects`, `levels`, `default_level` and `initial` of a VnfDf."""
    initial = _initial(topology, vdus)
    aspects = {aspect.id: aspect for aspect in _aspects(topology, findings)}
    _check_initial(topology, aspects, findings)
    levels, default = _levels(topology, vdus, aspects, initial, findings)
    _check_profiles(topology, vdus, aspects, initial, levels, findings)
    return {"aspects": aspects, "levels": levels, "default_level": default, "initial": initial}


def affinity(topology: Topology, prefix: str) -> list[model.AffinityRule]:
    """AffinityRule and AntiAffinityRule (NsAffinityRule, NsAntiAffinityRule): one rule per target.

    A node as target is a rule among the instances of it alone; what relates different ones is a group (SOL001 6.10.11).
    """
    return [model.AffinityRule(policy.name, kind, text(policy.properties.get("scope")) or "nfvi_node", topology.expand([target]))
            for kind, suffix in (("affinity", "AffinityRule"), ("anti-affinity", "AntiAffinityRule"))
            for policy in topology.policies_of(prefix + suffix) for target in dict.fromkeys(policy.targets)]


def _initial(topology: Topology, vdus: dict[str, model.Vdu]) -> dict[str, int]:
    """VduInitialDelta, and the minimum of a VDU that has none."""
    stated = {vdu: integer(mapping(policy.properties.get("initial_delta")).get("number_of_instances"))
              for policy in topology.policies_of(POLICY + "VduInitialDelta") for vdu in topology.expand(policy.targets)}
    return {vdu: stated.get(vdu, item.minimum) for vdu, item in vdus.items()}


def _aspects(topology: Topology, findings: Findings) -> list[model.ScalingAspect]:
    deltas: dict[str, dict[str, dict[str, int]]] = {}            # aspect: delta: vdu: number
    for policy in topology.policies_of(POLICY + "VduScalingAspectDeltas"):
        for name, level in mapping(policy.properties.get("deltas")).items():
            of = deltas.setdefault(text(policy.properties.get("aspect")), {}).setdefault(str(name), {})
            of.update({vdu: integer(mapping(level).get("number_of_instances")) for vdu in topology.expand(policy.targets)})
    declared = {str(name): (policy, mapping(item)) for policy in topology.policies_of(POLICY + "ScalingAspects")
                for name, item in mapping(policy.properties.get("aspects")).items()}
    named = _named_deltas(topology, list(declared), findings)
    found = []
    for name, (policy, item) in declared.items():
        known, steps = deltas.get(name, {}), texts(item.get("step_deltas"))
        for step in steps:
            if step not in named.get(name, ()):
                report(topology, policy, findings, "vnfd-unknown-delta",
                       f"aspect {name}: no policy has the step delta {step!r} of it", closest(step, named.get(name, ())),
                       "aspects", name, "step_deltas")
        if not steps and len(known) > 1:
            warn(topology, policy, findings, "vnfd-step-deltas", f"aspect {name} has {len(known)} deltas and no step_deltas; "
                 f"{next(iter(known))} is taken for every step", "say in which order they come", "aspects", name)
        found.append(model.ScalingAspect(name, text(item.get("name")) or name, integer(item.get("max_scale_level")),
                                         [known.get(step, {}) for step in steps or list(known)[:1]]))
    return found


def _named_deltas(topology: Topology, aspects: list[str], findings: Findings) -> dict[str, set[str]]:
    """The deltas that policies have by aspect: of VDUs, virtual links and VIP CPs. Each aspect must be declared."""
    found: dict[str, set[str]] = {}
    for kind in ("Vdu", "VirtualLinkBitrate", "VipCp"):
        for policy in topology.policies_of(f"{POLICY}{kind}ScalingAspectDeltas"):
            aspect = text(policy.properties.get("aspect"))
            found.setdefault(aspect, set()).update(map(str, mapping(policy.properties.get("deltas"))))
            if aspect not in aspects:
                report(topology, policy, findings, "vnfd-unknown-aspect", f"the aspect {aspect!r} is not declared",
                       closest(aspect, aspects), "aspect")
    return found


def _check_initial(topology: Topology, aspects: dict[str, model.ScalingAspect], findings: Findings) -> None:
    """A VDU that an aspect scales says with how many it begins (SOL001 6.10.6)."""
    stated = {vdu for policy in topology.policies_of(POLICY + "VduInitialDelta") for vdu in topology.expand(policy.targets)}
    for policy in topology.policies_of(POLICY + "VduScalingAspectDeltas"):
        for vdu in topology.expand(policy.targets):
            if vdu not in stated and vdu in topology.nodes and text(policy.properties.get("aspect")) in aspects:
                warn(topology, policy, findings, "vnfd-no-initial-delta", f"{vdu} is scaled but has no VduInitialDelta; its minimum "
                     "of vdu_profile is taken", "add one")


def _levels(topology: Topology, vdus: dict[str, model.Vdu], aspects: dict[str, model.ScalingAspect],
            initial: dict[str, int], findings: Findings) -> tuple[dict[str, model.InstantiationLevel], str | None]:
    stated: dict[str, dict[str, int]] = {}                       # level: vdu: number
    for policy in topology.policies_of(POLICY + "VduInstantiationLevels"):
        for name, item in mapping(policy.properties.get("levels")).items():
            for vdu in policy.targets:
                number = integer(mapping(item).get("number_of_instances"))
                if stated.setdefault(str(name), {}).setdefault(vdu, number) != number:
                    warn(topology, policy, findings, "vnfd-level-twice", f"a second VduInstantiationLevels says {number} of {vdu} at "
                         f"{name}; the first counts, {stated[str(name)][vdu]}", "remove one", "levels")
    _check_names(topology, findings)
    levels: dict[str, model.InstantiationLevel] = {}
    default = None
    for policy in topology.policies_of(POLICY + "InstantiationLevels"):
        for name, item in mapping(policy.properties.get("levels")).items():
            scale = {str(aspect): integer(mapping(info).get("scale_level"))
                     for aspect, info in mapping(mapping(item).get("scale_info")).items()}
            _check_scale(topology, policy, str(name), scale, aspects, findings)
            scaled = _scaled(initial, aspects, scale)
            own = {vdu: number for vdu, number in stated.get(str(name), {}).items() if vdu in vdus}
            if all(number <= aspects[aspect].max_scale_level for aspect, number in scale.items() if aspect in aspects):
                _check_level(topology, policy, str(name), scaled, own, aspects, findings)
            levels[str(name)] = model.InstantiationLevel(
                str(name), text(mapping(item).get("description")), {**scaled, **own}, scale)
        default = text(policy.properties.get("default_level")) or default
        if default and default not in levels:
            report(topology, policy, findings, "vnfd-unknown-level", f"default_level {default!r} is not declared",
                   closest(default, levels), "default_level")
            default = None
    return levels, default or next(iter(levels), None)


def _check_names(topology: Topology, findings: Findings) -> None:
    """What numbers levels, of VDUs, virtual links and VIP CPs, may only number those that InstantiationLevels declares."""
    declared = {str(name) for policy in topology.policies_of(POLICY + "InstantiationLevels")
                for name in mapping(policy.properties.get("levels"))}
    for kind in ("Vdu", "VirtualLink", "VipCp"):
        for policy in topology.policies_of(f"{POLICY}{kind}InstantiationLevels"):
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
            warn(topology, policy, findings, "vnfd-level-scale", f"level {level} has {number} of {vdu}, its scale levels make "
                 f"{scaled[vdu]}", "let scale_info and VduInstantiationLevels say the same", "levels", level)


def _scaled(initial: dict[str, int], aspects: dict[str, model.ScalingAspect], scale: dict[str, int]) -> dict[str, int]:
    """VNFCs per VDU with the aspects at these scale levels: the initial number, and what every aspect adds."""
    numbers = dict(initial)
    for name, level in scale.items():
        if name in aspects:
            for vdu, number in resources.growth(aspects[name], min(level, aspects[name].max_scale_level)).items():
                numbers[vdu] = numbers.get(vdu, 0) + number
    return numbers
