# SPDX-License-Identifier: Apache-2.0
"""Reads the policies that say how many: scaling aspects, instantiation levels, of VNFCs, VIPs and
bit rates (SOL001 6.10).

The three kinds of policies differ in what they count only, hence one reading: `Numbers` hold a
number by node and what is counted of it, "" for instances, root or leaf for bit rates."""

from __future__ import annotations

from descriptors import model
from descriptors.findings import Findings
from descriptors.hints import closest
from descriptors.leaves import Tree, integer, mapping, text, texts
from descriptors.sol001 import levels as instantiation
from descriptors.sol001 import numbers, size_checks
from descriptors.sol001.numbers import Aspect, Numbers, Sized
from descriptors.tosca.policies import Policy, report, warn
from descriptors.tosca.topology import Topology


def sizes(
    topology: Topology,
    vdus: dict[str, model.Vdu],
    vips: dict[str, model.VipCpd],
    links: dict[str, model.Vld],
    findings: Findings,
) -> Tree:
    """`aspects`, `levels`, `default_level` and the initial numbers of a VnfDf."""
    sized = Sized(vdus, vips, links, _initial(topology, vdus, vips, links))
    declared = numbers.declared(topology, "ScalingAspects", "aspects")
    aspects = {
        name: _aspect(topology, name, policy, item, findings)
        for name, (policy, item) in declared.items()
    }
    size_checks.check_deltas(topology, sized, aspects, findings)
    levels, default = instantiation.levels(topology, sized, aspects, findings)
    size_checks.check_profiles(topology, sized, aspects, levels, findings)
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


def _initial(
    topology: Topology,
    vdus: dict[str, model.Vdu],
    vips: dict[str, model.VipCpd],
    links: dict[str, model.Vld],
) -> Numbers:
    """The initial deltas; without one, the minimum of a VDU or link, and one VIP."""
    result: Numbers = {
        **{(name, ""): vdu.minimum for name, vdu in vdus.items()},
        **{(name, ""): 1 for name in vips},
    }
    for name, link in links.items():
        least = mapping(mapping(link.properties.get("vl_profile")).get("min_bitrate_requirements"))
        result |= {(name, str(part)): integer(rate) for part, rate in least.items()}
    for policy in numbers.policies(topology, numbers.INITIAL):
        deltas = numbers.numbers(topology, policy, policy.properties.get("initial_delta"))
        result |= {
            key: number for key, number in deltas.items() if key[0] in {**vdus, **vips, **links}
        }
    return result


def _aspect(
    topology: Topology, name: str, declaring: Policy, item: Tree, findings: Findings
) -> Aspect:
    deltas = _deltas(topology, name)
    steps = texts(item.get("step_deltas")) or list(deltas)[:1]
    if len(deltas) > 1 and not texts(item.get("step_deltas")):
        warn(
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


def _deltas(topology: Topology, aspect: str) -> dict[str, Numbers]:
    """What each delta of an aspect adds, all policies together."""
    deltas: dict[str, Numbers] = {}
    for policy in numbers.policies(topology, numbers.DELTAS):
        if text(policy.properties.get("aspect")) == aspect:
            for delta, value in mapping(policy.properties.get("deltas")).items():
                deltas.setdefault(str(delta), {}).update(numbers.numbers(topology, policy, value))
    return deltas


def _astray(topology: Topology) -> bool:
    """Whether some deltas are of no declared aspect: then that is the one mistake to name."""
    declared = numbers.declared(topology, "ScalingAspects", "aspects")
    return any(
        text(policy.properties.get("aspect")) not in declared
        for policy in numbers.policies(topology, numbers.DELTAS)
    )


def _modelled(sized: Sized, aspect: Aspect, item: Tree) -> model.ScalingAspect:
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
