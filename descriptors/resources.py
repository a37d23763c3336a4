# SPDX-License-Identifier: Apache-2.0
"""Pure questions to a VNFD or NSD: how many at which size, from which image, who with whom, in which order."""
from __future__ import annotations

import itertools
from collections.abc import Mapping

from descriptors import model


def instances(df: model.VnfDf, level: str | None = None, scale: Mapping[str, int] | None = None) -> dict[str, int]:
    """VNFCs per VDU id at an instantiation level (default: the default level) or at scale levels {aspect: level}.

    `scale` refines the level: aspects it does not name stay at the level's. ValueError names what is not declared.
    """
    chosen = _level(df, level)
    numbers = dict(chosen.vdus) if chosen else {vdu: df.initial.get(vdu, item.minimum) for vdu, item in df.vdus.items()}
    status = scale_status(df, level)
    for aspect, target in (scale or {}).items():
        for vdu, number in delta(df, aspect, status.get(aspect, 0), target).items():
            numbers[vdu] = max(0, numbers.get(vdu, 0) + number)
    return numbers


def scale_status(df: model.VnfDf, level: str | None = None) -> dict[str, int]:
    """The scale level of every aspect at an instantiation level (default: the default level)."""
    chosen = _level(df, level)
    return {aspect: chosen.scale.get(aspect, 0) if chosen else 0 for aspect in df.aspects}


def delta(df: model.VnfDf, aspect: str, level: int, target: int) -> dict[str, int]:
    """VNFCs per VDU that going from one scale level of the aspect to another adds; negative where it removes."""
    found = df.aspects.get(aspect)
    if found is None:
        raise ValueError(f"flavour {df.id}: no scaling aspect {aspect!r}, only {sorted(df.aspects)}")
    for number in (level, target):
        if not 0 <= number <= found.max_scale_level:
            raise ValueError(f"flavour {df.id}: {aspect} scales from 0 to {found.max_scale_level}, not to {number}")
    before, after = growth(found, level), growth(found, target)
    return {vdu: number - before[vdu] for vdu, number in after.items()}


def growth(aspect: model.ScalingAspect, level: int) -> dict[str, int]:
    """VNFCs per VDU that the aspect adds to the initial number at a scale level; takes no longer for a high one."""
    steps = aspect.deltas[:max(0, level)]
    again = max(0, level - len(aspect.deltas))              # the last one repeats
    last = aspect.deltas[-1] if aspect.deltas else {}
    vdus = dict.fromkeys(vdu for step in aspect.deltas for vdu in step)
    return {vdu: sum(step.get(vdu, 0) for step in steps) + again * last.get(vdu, 0) for vdu in vdus}


def image(df: model.VnfDf, vdu: str) -> model.SwImage | None:
    """The image a VDU starts from: its own, else that of its first storage that has one."""
    storages = (df.storages[name].image for name in df.vdus[vdu].storages if name in df.storages)
    return df.vdus[vdu].image or next((found for found in storages if found), None)


def profiles(df: model.NsDf, level: str | None = None) -> dict[str, int]:
    """How many of each VNF and nested NS profile an NS level (default: the default level) has; else its minimum.

    ValueError names an NS level that is not declared (IFA014 6.3.9).
    """
    chosen = level or df.default_level
    if chosen is not None and chosen not in df.levels:
        raise ValueError(f"NS flavour {df.id}: no NS level {chosen!r}, only {sorted(df.levels)}")
    found = df.levels[chosen] if chosen is not None else None
    minimum = {name: profile.minimum for name, profile in df.vnf_profiles.items()}
    minimum |= {name: profile.minimum for name, profile in df.ns_profiles.items()}
    return {**minimum, **({**found.vnfs, **found.nss} if found else {})}


def affinity(df: model.VnfDf | model.NsDf, member: str) -> dict[tuple[str, str], set[str]]:
    """Who a VDU (or a profile of an NS) is to be with or apart from: {(kind, scope): the others}; itself, if it is alone."""
    found: dict[tuple[str, str], set[str]] = {}
    for rule in df.affinity:
        if member in rule.members:
            others = {other for other in rule.members if other != member} or {member}
            found.setdefault((rule.kind, rule.scope), set()).update(others)
    return found


def hops(path: model.Nfpd) -> list[tuple[list[model.CpRef], list[model.CpRef]]]:
    """The order of a forwarding path: from where traffic leaves the elements of a position to where it enters those of the next."""
    return [([element[-1] for element in before.elements], [element[0] for element in after.elements])
            for before, after in itertools.pairwise(path.positions)]


def _level(df: model.VnfDf, level: str | None) -> model.InstantiationLevel | None:
    chosen = level or df.default_level
    if chosen is not None and chosen not in df.levels:
        raise ValueError(f"flavour {df.id}: no instantiation level {chosen!r}, only {sorted(df.levels)}")
    return df.levels[chosen] if chosen is not None else None
