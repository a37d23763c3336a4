# SPDX-License-Identifier: Apache-2.0
"""Pure questions to a VNFD or NSD.

How many at which size and rate, from which image, who with whom, in which order."""

from __future__ import annotations

import contextlib
import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from descriptors import model

K = TypeVar("K", bound=Hashable)


def instances(
    df: model.VnfDf, level: str | None = None, scale: Mapping[str, int] | None = None
) -> dict[str, int]:
    """VNFCs per VDU id at an instantiation level or at scale levels {aspect: level}.

    Without, at the default level. `scale` refines the level: aspects it does not name stay at
    the level's. ValueError names what is not declared."""
    initial = {name: df.initial.get(name, vdu.minimum) for name, vdu in df.vdus.items()}
    return _at(df, level, scale, initial, lambda level: level.vdus, lambda aspect: aspect.deltas)


def most_ports(df: model.VnfDf) -> dict[str, int]:
    """Ports on each internal link at the largest level."""
    most: Counter[str] = Counter()
    for counts in _sizes(df):
        ports: Counter[str] = Counter()
        for cpd in df.cpds.values():
            if cpd.virtual_link and cpd.trunk is None:
                ports[cpd.virtual_link] += counts.get(cpd.vdu, 0)
        most |= ports
    return dict(most)


def _sizes(df: model.VnfDf) -> Iterator[dict[str, int]]:
    """VNFCs per VDU by default, at every level, and with every aspect at its highest."""
    highest = {aspect.id: aspect.max_scale_level for aspect in df.aspects.values()}
    for level, scale in [(None, None), *((level, None) for level in df.levels), (None, highest)]:
        with contextlib.suppress(ValueError):  # what it names is not declared: found elsewhere
            yield instances(df, level, scale)


def vips(
    df: model.VnfDf, level: str | None = None, scale: Mapping[str, int] | None = None
) -> dict[str, int]:
    """CP instances per VipCpd id, as `instances`."""
    initial = {vip: df.initial_vips.get(vip, 1) for vip in df.vip_cpds}
    return _at(df, level, scale, initial, lambda level: level.vips, lambda aspect: aspect.vips)


def bitrates(
    df: model.VnfDf, level: str | None = None, scale: Mapping[str, int] | None = None
) -> dict[str, dict[str, int]]:
    """The bit rates {"root", "leaf"} that internal virtual links need, in bit/s, as `instances`."""
    rates = _at(
        df,
        level,
        scale,
        _flat(df.initial_bitrates),
        lambda level: _flat(level.bitrates),
        lambda aspect: [_flat(step) for step in aspect.bitrates],
    )
    by_link: dict[str, dict[str, int]] = {}
    for (link, end), rate in rates.items():
        by_link.setdefault(link, {})[end] = rate
    return by_link


def scale_status(df: model.VnfDf, level: str | None = None) -> dict[str, int]:
    """The scale level of every aspect at an instantiation level (default: the default level)."""
    chosen = _level(df, level)
    return {aspect: chosen.scale.get(aspect, 0) if chosen else 0 for aspect in df.aspects}


def delta(df: model.VnfDf, aspect: str, level: int, target: int) -> dict[str, int]:
    """VNFCs per VDU that going from one scale level to another adds.

    Negative where it removes."""
    return _delta(_aspect(df, aspect, level, target).deltas, level, target)


def growth(aspect: model.ScalingAspect, level: int) -> dict[str, int]:
    """VNFCs per VDU that the aspect adds to the initial number at a scale level."""
    return grown(aspect.deltas, level)


def grown(deltas: Sequence[Mapping[K, int]], level: int) -> dict[K, int]:
    """The sum of the steps up to a scale level; takes no longer for a high one."""
    steps = deltas[: max(0, level)]
    again = max(0, level - len(deltas))  # the last one repeats
    last: Mapping[K, int] = deltas[-1] if deltas else {}
    keys = dict.fromkeys(key for step in deltas for key in step)
    return {key: sum(step.get(key, 0) for step in steps) + again * last.get(key, 0) for key in keys}


def image(df: model.VnfDf, vdu: str) -> model.SwImage | None:
    """The image a VDU starts from: its own, else that of its first storage that has one."""
    storages = (df.storages[name].image for name in df.vdus[vdu].storages if name in df.storages)
    return df.vdus[vdu].image or next((image for image in storages if image), None)


def profiles(df: model.NsDf, level: str | None = None) -> dict[str, int]:
    """How many of each VNF and nested NS profile an NS level has; else its minimum.

    ValueError names an NS level that is not declared (IFA014 6.3.9).
    """
    chosen = level or df.default_level
    if chosen is not None and chosen not in df.levels:
        raise ValueError(f"NS flavour {df.id}: no NS level {chosen!r}, only {sorted(df.levels)}")
    counts = {name: vnf.minimum for name, vnf in df.vnf_profiles.items()}
    counts |= {name: ns.minimum for name, ns in df.ns_profiles.items()}
    if chosen is not None:
        counts |= {**df.levels[chosen].vnfs, **df.levels[chosen].nss}
    return counts


def affinity(df: model.VnfDf | model.NsDf, member: str) -> dict[tuple[str, str], set[str]]:
    """Who a VDU (or a profile of an NS) is to be with or apart from: {(kind, scope): ids}.

    Its own id, where a local rule says so of its instances among themselves.
    """
    members: dict[tuple[str, str], set[str]] = {}
    for rule in df.affinity:
        others = {member} if rule.local else {*rule.members} - {member}
        if member in rule.members and others:
            members.setdefault((rule.kind, rule.scope), set()).update(others)
    return members


def hops(path: model.Nfpd) -> list[tuple[model.CpRef, model.CpRef]]:
    """The order of a forwarding path.

    From where traffic leaves an element of a position to where it enters one of the next."""
    return [hop for stage in stages(path) for hop in stage]


def stages(path: model.Nfpd) -> list[list[tuple[model.CpRef, model.CpRef]]]:
    """The hops between each two positions that follow one another.

    Every element leads to every one of the next."""
    return [list(_hops(before, after)) for before, after in itertools.pairwise(path.positions)]


def _hops(
    before: model.NfpPosition, after: model.NfpPosition
) -> Iterator[tuple[model.CpRef, model.CpRef]]:
    for tail, head in itertools.product(before.elements, after.elements):
        yield tail[-1], head[0]


def _at(
    df: model.VnfDf,
    level: str | None,
    scale: Mapping[str, int] | None,
    initial: Mapping[K, int],
    numbers_of: Callable[[model.InstantiationLevel], Mapping[K, int]],
    steps: Callable[[model.ScalingAspect], Sequence[Mapping[K, int]]],
) -> dict[K, int]:
    """The numbers of the level, or the initial ones, and what every aspect adds.

    From the scale level that the level has to that of `scale`."""
    chosen = _level(df, level)
    numbers = dict(numbers_of(chosen) if chosen else initial)
    status = scale_status(df, level)
    for name, target in (scale or {}).items():
        before = status.get(name, 0)
        aspect = _aspect(df, name, before, target)
        for key, more in _delta(steps(aspect), before, target).items():
            numbers[key] = max(0, numbers.get(key, 0) + more)
    return numbers


def _delta(steps: Sequence[Mapping[K, int]], level: int, target: int) -> dict[K, int]:
    before = grown(steps, level)
    return {key: number - before[key] for key, number in grown(steps, target).items()}


def _aspect(df: model.VnfDf, name: str, *levels: int) -> model.ScalingAspect:
    """The aspect, which has the scale levels. ValueError names what is not declared."""
    aspect = df.aspects.get(name)
    if aspect is None:
        raise ValueError(f"flavour {df.id}: no scaling aspect {name!r}, only {sorted(df.aspects)}")
    most = aspect.max_scale_level
    for level in levels:
        if not 0 <= level <= most:
            raise ValueError(f"flavour {df.id}: {name} scales from 0 to {most}, not to {level}")
    return aspect


def _flat(rates: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, str], int]:
    return {(link, end): rate for link, ends in rates.items() for end, rate in ends.items()}


def _level(df: model.VnfDf, level: str | None) -> model.InstantiationLevel | None:
    chosen = level or df.default_level
    if chosen is None:
        return None
    if chosen not in df.levels:
        names = sorted(df.levels)
        raise ValueError(f"flavour {df.id}: no instantiation level {chosen!r}, only {names}")
    return df.levels[chosen]
