# SPDX-License-Identifier: Apache-2.0
"""`show` of a network service as tables: its constituents, levels, scaling aspects, rules and
paths, and its resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.console import RenderableType
from rich.markup import escape

from descriptors import model, resources, sizing
from descriptors.commands import grids, showing
from descriptors.commands.grids import Grid

Vnfds = Mapping[str, model.Vnfd]


def flavour(df: model.NsDf, level: str | None, vnfds: Vnfds) -> Iterator[RenderableType]:
    """All tables of a flavour; `vnfds`, by their ids, are those whose resources can be told."""
    chosen = level or df.default_level
    at = f", NS level {chosen}" if chosen else ""
    yield from ("", _profiles(df, level, at))
    if vnfds:
        yield from ("", _resources(df, level, at, vnfds))
    if df.levels and not level:
        rows = [
            [f"{name} (default)" if name == df.default_level else name, *_size(item)]
            for name, item in df.levels.items()
        ]
        yield from (
            "",
            Grid(
                f"Flavour {df.id}: NS levels",
                ["NS level", "Constituents", "Bit rates", "About"],
                rows,
            ),
        )
    if df.aspects:
        rows = [
            [f"{aspect.name or aspect.id}", item.id, *_size(item)]
            for aspect in df.aspects.values()
            for item in aspect.levels
        ]
        yield from (
            "",
            Grid(
                f"Flavour {df.id}: NS scaling aspects",
                ["Aspect", "Level", "Constituents", "Bit rates", "About"],
                rows,
            ),
        )
    yield from _lines("Affinity", map(showing.affinity, df.affinity))
    yield from _lines("Security groups", map(showing.security, df.security_groups))
    yield from _paths(df)


def inside(profile: model.VnfProfile, vnfds: Vnfds) -> model.VnfDf | None:
    """The VNF's flavour that a profile names, where its VNFD is known."""
    vnfd = vnfds.get(profile.vnfd_id)
    return vnfd.flavours.get(profile.flavour or vnfd.default_flavour) if vnfd else None


def _profiles(df: model.NsDf, level: str | None, at: str) -> Grid:
    numbers = resources.profiles(df, level)
    sized: list[tuple[str, model.VnfProfile | model.NsProfile, str]] = [
        *(("VNF", item, item.vnfd_id) for item in df.vnf_profiles.values()),
        *(("NS", item, item.nsd_id) for item in df.ns_profiles.values()),
    ]
    rows = [
        [
            item.id,
            kind,
            item.flavour,
            item.level or "default",
            _of(numbers[item.id], item),
            _links(item.links),
            descriptor,
        ]
        for kind, item, descriptor in sized
    ]
    rows += [
        [item.id, "PNF", "", "", "1", _links(item.links), item.pnfd_id]
        for item in df.pnf_profiles.values()
    ]
    rows += [
        [item.id, "SAP", "", "", "", item.virtual_link or "", ""] for item in df.sapds.values()
    ]
    return Grid(
        f"Flavour {df.id}{at}",
        ["Constituent", "Kind", "Flavour", "Level", "Number", "Links", "Descriptor"],
        rows,
    )


def _of(number: int, profile: model.VnfProfile | model.NsProfile) -> str:
    least, most = profile.minimum, profile.maximum
    return str(number) if number == least == most else f"{number} of {showing.between(least, most)}"


def _resources(df: model.NsDf, level: str | None, at: str, vnfds: Vnfds) -> Grid:
    """What all instances of each constituent ask for, and the whole."""
    rows, whole, unknown = [], sizing.Need(), list(df.ns_profiles)
    numbers = resources.profiles(df, level)
    for profile in df.vnf_profiles.values():
        vnf = inside(profile, vnfds)
        if vnf is None:
            unknown.append(profile.id)
            continue
        need = sizing.total(vnf, profile.level) * numbers[profile.id]
        whole += need
        rows.append([profile.id, str(numbers[profile.id]), *grids.needs(need)])
    without = f" (without {', '.join(unknown)})" if unknown else ""
    rows.append([f"the whole{without}", "", *grids.needs(whole)])
    return Grid(f"Flavour {df.id}{at}: resources", ["Constituent", "Number", *grids.NEED], rows)


def _size(level: model.NsLevel) -> list[str]:
    rates = "\n".join(
        f"{link}: "
        + ", ".join(f"{end} {value}" for end, value in rate.items() if value is not None)
        for link, rate in level.bitrates.items()
    )
    return [showing.numbers({**level.vnfs, **level.nss}, "\n"), rates, level.description]


def _links(links: Mapping[str, str]) -> str:
    return "\n".join(f"{cp} → {link}" for cp, link in links.items())


def _lines(title: str, lines: Iterable[str]) -> Iterator[RenderableType]:
    found = list(lines)
    if found:
        yield from ("", f"[bold]{title}[/]", *(f"  {escape(line)}" for line in found))


def _paths(df: model.NsDf) -> Iterator[RenderableType]:
    for graph in df.vnffgds.values():
        for nfp in graph.nfps.values():
            yield ""
            yield escape(f"Path {nfp.id} of {graph.id}: {showing.way(nfp)}")
            yield from (f"  for {escape(showing.rule(item))}" for item in nfp.match)
