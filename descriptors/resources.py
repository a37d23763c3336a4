# SPDX-License-Identifier: Apache-2.0
"""Pure questions to a VNFD: how many VNFCs at which size, and which image a VDU starts from."""
from __future__ import annotations

import itertools

from descriptors import model


def instances(df: model.VnfDf, level: str | None = None, scale: dict[str, int] | None = None) -> dict[str, int]:
    """VNFCs per VDU id at an instantiation level (default: the default level) or at scale levels {aspect: level}.

    `scale` refines the level: aspects it does not name stay at the level's. ValueError names what is not declared.
    """
    chosen = level or df.default_level
    if chosen is not None and chosen not in df.levels:
        raise ValueError(f"flavour {df.id}: no instantiation level {chosen!r}, only {sorted(df.levels)}")
    if chosen is not None:
        numbers = dict(df.levels[chosen].vdus)
    else:
        numbers = {vdu: df.initial.get(vdu, item.minimum) for vdu, item in df.vdus.items()}
    for aspect, steps in (scale or {}).items():
        numbers.update(scaled(df, aspect, steps))
    return numbers


def scaled(df: model.VnfDf, aspect: str, level: int) -> dict[str, int]:
    """VNFCs of the aspect's VDUs: the initial number plus the deltas up to `level`; the last one repeats."""
    found = df.aspects.get(aspect)
    if found is None:
        raise ValueError(f"flavour {df.id}: no scaling aspect {aspect!r}, only {sorted(df.aspects)}")
    if not 0 <= level <= found.max_scale_level:
        raise ValueError(f"flavour {df.id}: {aspect} scales from 0 to {found.max_scale_level}, not to {level}")
    return at(found, level)


def at(aspect: model.ScalingAspect, level: int) -> dict[str, int]:
    """VNFCs of the aspect's VDUs at any level; takes no longer for a high one."""
    steps = aspect.deltas[:max(0, level)]
    again = max(0, level - len(aspect.deltas))              # the last one repeats
    last = aspect.deltas[-1] if aspect.deltas else {}
    return {vdu: number + sum(step.get(vdu, 0) for step in steps) + again * last.get(vdu, 0)
            for vdu, number in aspect.initial.items()}


def image(df: model.VnfDf, vdu: str) -> model.SwImage | None:
    """The image a VDU starts from: its own, else that of its first storage that has one."""
    storages = (df.storages[name].image for name in df.vdus[vdu].storages if name in df.storages)
    return df.vdus[vdu].image or next((found for found in storages if found), None)


def delta(df: model.VnfDf, aspect: str, level: int, target: int) -> dict[str, int]:
    """VNFCs per VDU that going from one scale level of the aspect to another adds; negative where it removes."""
    before, after = scaled(df, aspect, level), scaled(df, aspect, target)
    return {vdu: after[vdu] - number for vdu, number in before.items()}


def affinity(df: model.VnfDf | model.NsDf, member: str) -> dict[tuple[str, str], set[str]]:
    """Who a VDU (or a profile of an NS) is to be with or apart from: {(kind, scope): the others}; itself, if it is alone."""
    found: dict[tuple[str, str], set[str]] = {}
    for rule in df.affinity:
        if member in rule.members:
            others = {other for other in rule.members if other != member} or {member}
            found.setdefault((rule.kind, rule.scope), set()).update(others)
    return found


def hops(path: model.Nfpd) -> list[tuple[model.CpRef, model.CpRef]]:
    """The order of a forwarding path: from where traffic leaves a position to where it enters the next."""
    return [(before[-1], after[0]) for before, after in itertools.pairwise(path.positions)]
