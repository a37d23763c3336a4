# SPDX-License-Identifier: Apache-2.0
"""Reads the policies that say how many: scaling aspects, instantiation levels, of VNFCs, VIPs and
bit rates (SOL001 6.10).

The three kinds of policies differ in what they count only, hence one reading: `Numbers` hold a
number by node and what is counted of it, "" for instances, root or leaf for bit rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from descriptors import model, resources
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import integer, mapping, text, texts
from descriptors.tosca.topology import Policy, Topology, report, warn

POLICY = "tosca.policies.nfv."
LEVELS = ("VduInstantiationLevels", "VipCpInstantiationLevels", "VirtualLinkInstantiationLevels")
DELTAS = (
    "VduScalingAspectDeltas",
    "VipCpScalingAspectDeltas",
    "VirtualLinkBitrateScalingAspectDeltas",
)
INITIAL = ("VduInitialDelta", "VipCpInitialDelta", "VirtualLinkBitrateInitialDelta")

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

    def split(self, numbers: Numbers) -> dict[str, Any]:
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


def sizes(
    topology: Topology,
    vdus: dict[str, model.Vdu],
    vips: dict[str, model.VipCpd],
    links: dict[str, model.Vld],
    findings: Findings,
) -> dict[str, Any]:
    """`aspects`, `levels`, `default_level` and the initial numbers of a VnfDf."""
    sized = Sized(vdus, vips, links, _initial(topology, vdus, vips, links))
    declared = _declared(topology, "ScalingAspects", "aspects")
    aspects = {
        name: _aspect(topology, name, policy, item, findings)
        for name, (policy, item) in declared.items()
    }
    _check_deltas(topology, sized, aspects, findings)
    levels, default = _levels(topology, sized, aspects, findings)
    _check_profiles(topology, sized, aspects, levels, findings)
    initial = sized.split(sized.initial)
    return {
        "aspects": {
            name: _modelled(sized, aspect, declared[name][1]) for name, aspect in aspects.items()
        },
        "levels": levels,
        "default_level": default,
        "initial": initial["vdus"],
        "initial_vips": initial["vips"],
        "initial_bitrates": initial["bitrates"],
    }


def _of(topology: Topology, kinds: tuple[str, ...]) -> Iterator[Policy]:
    return (policy for kind in kinds for policy in topology.policies_of(POLICY + kind))


def _numbers(topology: Topology, policy: Policy, value: Any) -> Numbers:
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


def _initial(
    topology: Topology,
    vdus: dict[str, model.Vdu],
    vips: dict[str, model.VipCpd],
    links: dict[str, model.Vld],
) -> Numbers:
    """The initial deltas; without one, the minimum of a VDU or link, and one VIP."""
    found: Numbers = {
        **{(name, ""): vdu.minimum for name, vdu in vdus.items()},
        **{(name, ""): 1 for name in vips},
    }
    for name, link in links.items():
        least = mapping(mapping(link.properties.get("vl_profile")).get("min_bitrate_requirements"))
        found |= {(name, str(part)): integer(rate) for part, rate in least.items()}
    for policy in _of(topology, INITIAL):
        stated = _numbers(topology, policy, policy.properties.get("initial_delta"))
        found |= {
            key: number for key, number in stated.items() if key[0] in {**vdus, **vips, **links}
        }
    return found


def _declared(topology: Topology, kind: str, key: str) -> dict[str, tuple[Policy, dict[str, Any]]]:
    """What policies of the kind declare below `key`, by name."""
    return {
        str(name): (policy, mapping(item))
        for policy in topology.policies_of(POLICY + kind)
        for name, item in mapping(policy.properties.get(key)).items()
    }


def _aspect(
    topology: Topology, name: str, declaring: Policy, item: dict[str, Any], findings: Findings
) -> Aspect:
    deltas: dict[str, Numbers] = {}
    for policy in _of(topology, DELTAS):
        if text(policy.properties.get("aspect")) == name:
            for delta, value in mapping(policy.properties.get("deltas")).items():
                deltas.setdefault(str(delta), {}).update(_numbers(topology, policy, value))
    steps = texts(item.get("step_deltas")) or list(deltas)[:1]
    if len(deltas) > 1 and not texts(item.get("step_deltas")):
        warn(
            topology,
            declaring,
            findings,
            "vnfd-no-step-deltas",
            f"aspect {name} has the deltas {', '.join(deltas)} and does not say "
            f"which step takes which; {steps[0]} counts",
            "write step_deltas",
            "aspects",
            name,
        )
    for step in steps:
        if step not in deltas and (deltas or not _astray(topology)):
            report(
                topology,
                declaring,
                findings,
                "vnfd-unknown-delta",
                f"aspect {name}: no policy of its deltas has the step delta {step!r}",
                closest(step, deltas),
                "aspects",
                name,
                "step_deltas",
            )
    return Aspect(
        name, integer(item.get("max_scale_level")), [deltas.get(step, {}) for step in steps]
    )


def _astray(topology: Topology) -> bool:
    """Whether some deltas are of no declared aspect: then that is the one mistake to name."""
    declared = _declared(topology, "ScalingAspects", "aspects")
    return any(
        text(policy.properties.get("aspect")) not in declared for policy in _of(topology, DELTAS)
    )


def _modelled(sized: Sized, aspect: Aspect, item: dict[str, Any]) -> model.ScalingAspect:
    steps = [sized.split(step) for step in aspect.steps]
    return model.ScalingAspect(
        aspect.name,
        text(item.get("name")) or aspect.name,
        aspect.most,
        [step["vdus"] for step in steps],
        [step["vips"] for step in steps],
        [step["bitrates"] for step in steps],
        text(item.get("description")),
    )


def _levels(
    topology: Topology, sized: Sized, aspects: dict[str, Aspect], findings: Findings
) -> tuple[dict[str, model.InstantiationLevel], str | None]:
    declared = _declared(topology, "InstantiationLevels", "levels")
    stated = _stated(topology, sized, declared, findings)
    levels: dict[str, model.InstantiationLevel] = {}
    for name, (policy, item) in declared.items():
        scale = {
            str(aspect): integer(mapping(info).get("scale_level"))
            for aspect, info in mapping(item.get("scale_info")).items()
        }
        scaled, own = sized.at(aspects, scale), stated.get(name, {})
        if _check_scale(topology, policy, name, scale, aspects, findings):
            _check_level(topology, policy, name, scaled, own, aspects, findings)
        levels[name] = model.InstantiationLevel(
            name, text(item.get("description")), scale=scale, **sized.split({**scaled, **own})
        )
    default = None
    for policy in topology.policies_of(POLICY + "InstantiationLevels"):
        default = text(policy.properties.get("default_level")) or default
        if default and default not in levels:
            report(
                topology,
                policy,
                findings,
                "vnfd-unknown-level",
                f"default_level {default!r} is not declared",
                closest(default, levels),
                "default_level",
            )
            default = None
    return levels, default or next(iter(levels), None)


def _stated(
    topology: Topology, sized: Sized, declared: dict[str, Any], findings: Findings
) -> dict[str, Numbers]:
    """The numbers that policies give at the declared levels; of two, the first counts."""
    found: dict[str, Numbers] = {}
    for policy in _of(topology, LEVELS):
        for name, item in mapping(policy.properties.get("levels")).items():
            if str(name) not in declared:
                report(
                    topology,
                    policy,
                    findings,
                    "vnfd-unknown-level",
                    f"the level {name!r} is not declared",
                    closest(name, declared),
                    "levels",
                    name,
                )
            for (node, part), number in _numbers(topology, policy, item).items():
                first = found.setdefault(str(name), {}).setdefault((node, part), number)
                if first != number:
                    warn(
                        topology,
                        policy,
                        findings,
                        "vnfd-level-twice",
                        f"a second policy says {number} of {_what(node, part)} at "
                        f"{name}; the first counts, {first}",
                        "remove one",
                        "levels",
                    )
    known = {*sized.vdus, *sized.vips, *sized.links}
    return {
        name: {key: number for key, number in numbers.items() if key[0] in known}
        for name, numbers in found.items()
    }


def _check_deltas(
    topology: Topology, sized: Sized, aspects: dict[str, Aspect], findings: Findings
) -> None:
    """Deltas belong to a declared aspect; a VDU that is scaled says from which number."""
    for policy in _of(topology, DELTAS):
        if (name := text(policy.properties.get("aspect"))) not in aspects:
            report(
                topology,
                policy,
                findings,
                "vnfd-unknown-aspect",
                f"the aspect {name!r} is not declared",
                closest(name, aspects),
                "aspect",
            )
    begun = {
        vdu
        for policy in topology.policies_of(POLICY + INITIAL[0])
        for vdu in topology.expand(policy.targets)
    }
    scaled = {node for aspect in aspects.values() for step in aspect.steps for node, _ in step}
    for name, vdu in sized.vdus.items():
        if name in scaled and name not in begun:
            findings.warning(
                "vnfd-no-initial-delta",
                topology.unit.path,
                f"{name} is scaled, but no VduInitialDelta says from which "
                f"number; the minimum counts, {vdu.minimum}",
                "add a VduInitialDelta",
                topology.nodes[name].at(),
            )


def _check_profiles(
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


def _check_scale(
    topology: Topology,
    policy: Policy,
    level: str,
    scale: dict[str, int],
    aspects: dict[str, Aspect],
    findings: Findings,
) -> bool:
    """Whether the level's scale levels are such that its aspects have."""
    before = len(findings)
    for aspect, number in scale.items():
        place = ("levels", level, "scale_info", aspect)
        if aspect not in aspects:
            report(
                topology,
                policy,
                findings,
                "vnfd-unknown-aspect",
                f"level {level}: the aspect {aspect!r} is not declared",
                closest(aspect, aspects),
                *place,
            )
        elif number > aspects[aspect].most:
            report(
                topology,
                policy,
                findings,
                "vnfd-scale-level",
                f"level {level}: scale level {number} of {aspect} is over its max_scale_level {aspects[aspect].most}",
                "lower it, or raise max_scale_level",
                *place,
            )
    return len(findings) == before


def _check_level(
    topology: Topology,
    policy: Policy,
    level: str,
    scaled: Numbers,
    own: Numbers,
    aspects: dict[str, Aspect],
    findings: Findings,
) -> None:
    """Where an aspect scales a node, the level's number must be that of the level's scale levels:
    scaling starts from it."""
    scales = {key for aspect in aspects.values() for step in aspect.steps for key in step}
    for key, number in own.items():
        if key in scales and number != scaled.get(key, 0):
            warn(
                topology,
                policy,
                findings,
                "vnfd-level-scale",
                f"level {level} has {number} of {_what(*key)}, its scale levels make "
                f"{scaled.get(key, 0)}",
                "let scale_info and the policies of numbers say the same",
                "levels",
                level,
            )


def _what(node: str, part: str) -> str:
    return f"{node}'s {part} bit rate" if part else node
