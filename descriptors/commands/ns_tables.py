# SPDX-License-Identifier: Apache-2.0
"""`show` of a network service as tables.

Its constituents, levels, scaling aspects, rules and paths, and its resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.console import RenderableType
from rich.markup import escape

from descriptors import model, resources, sizing
from descriptors.commands import grids, phrases
from descriptors.commands.grids import Grid

Vnfds = Mapping[str, model.Vnfd]


def flavour(df: model.NsDf, level: str | None, vnfds: Vnfds) -> Iterator[RenderableType]:
    """All tables of a flavour; `vnfds`, by their ids, are those whose resources can be told."""
    chosen = level or df.default_level
    at = f", NS level {chosen}" if chosen else ""
    yield from ("", _constituents(df, level, at))
    if vnfds:
        yield from ("", _resources(df, level, at, vnfds))
    if df.levels and not level:
        yield from ("", _levels(df))
    if df.aspects:
        yield from ("", _aspects(df))
    yield from _lines("Affinity", map(phrases.affinity, df.affinity))
    yield from _lines("Security groups", map(phrases.security, df.security_groups))
    yield from _paths(df)


def inside(profile: model.VnfProfile, vnfds: Vnfds) -> model.VnfDf | None:
    """The VNF's flavour that a profile names, where its VNFD is known."""
    vnfd = vnfds.get(profile.vnfd_id)
    return vnfd.flavours.get(profile.flavour or vnfd.default_flavour) if vnfd else None


def _constituents(df: model.NsDf, level: str | None, at: str) -> Grid:
    counts = resources.profiles(df, level)
    rows = [
        *(_profile("VNF", vnf, vnf.vnfd_id, counts[vnf.id]) for vnf in df.vnf_profiles.values()),
        *(_profile("NS", ns, ns.nsd_id, counts[ns.id]) for ns in df.ns_profiles.values()),
    ]
    for pnf in df.pnf_profiles.values():
        rows.append([pnf.id, "PNF", "", "", "1", _links(pnf.links), pnf.pnfd_id])
    for sap in df.sapds.values():
        rows.append([sap.id, "SAP", "", "", "", sap.virtual_link or "", ""])
    columns = ["Constituent", "Kind", "Flavour", "Level", "Number", "Links", "Descriptor"]
    return Grid(f"Flavour {df.id}{at}", columns, rows)


def _profile(
    kind: str, profile: model.VnfProfile | model.NsProfile, descriptor: str, count: int
) -> list[str]:
    least, most = profile.minimum, profile.maximum
    number = str(count) if count == least == most else f"{count} of {phrases.between(least, most)}"
    level = profile.level or "default"
    links = _links(profile.links)
    return [profile.id, kind, profile.flavour, level, number, links, descriptor]


def _resources(df: model.NsDf, level: str | None, at: str, vnfds: Vnfds) -> Grid:
    """What all instances of each constituent ask for, and the whole."""
    rows, total, unknown = [], sizing.Need(), list(df.ns_profiles)
    counts = resources.profiles(df, level)
    for profile in df.vnf_profiles.values():
        vnf = inside(profile, vnfds)
        if vnf is None:
            unknown.append(profile.id)
            continue
        need = sizing.total(vnf, profile.level) * counts[profile.id]
        total += need
        rows.append([profile.id, str(counts[profile.id]), *grids.cells(need)])
    without = f" (without {', '.join(unknown)})" if unknown else ""
    rows.append([f"the whole{without}", "", *grids.cells(total)])
    return Grid(f"Flavour {df.id}{at}: resources", ["Constituent", "Number", *grids.NEED], rows)


def _levels(df: model.NsDf) -> Grid:
    rows = [
        [f"{name} (default)" if name == df.default_level else name, *_size(level)]
        for name, level in df.levels.items()
    ]
    columns = ["NS level", "Constituents", "Bit rates", "About"]
    return Grid(f"Flavour {df.id}: NS levels", columns, rows)


def _aspects(df: model.NsDf) -> Grid:
    rows = []
    for aspect in df.aspects.values():
        rows += [[aspect.name or aspect.id, level.id, *_size(level)] for level in aspect.levels]
    columns = ["Aspect", "Level", "Constituents", "Bit rates", "About"]
    return Grid(f"Flavour {df.id}: NS scaling aspects", columns, rows)


def _size(level: model.NsLevel) -> list[str]:
    rates = [f"{link}: {_rates(ends)}" for link, ends in level.bitrates.items()]
    counts = phrases.numbers({**level.vnfs, **level.nss}, "\n")
    return [counts, "\n".join(rates), level.description]


def _rates(ends: Mapping[str, object]) -> str:
    return ", ".join(f"{end} {rate}" for end, rate in ends.items() if rate is not None)


def _links(links: Mapping[str, str]) -> str:
    return "\n".join(f"{cp} → {link}" for cp, link in links.items())


def _lines(title: str, lines: Iterable[str]) -> Iterator[RenderableType]:
    sentences = list(lines)
    if sentences:
        yield from ("", f"[bold]{title}[/]", *(f"  {escape(line)}" for line in sentences))


def _paths(df: model.NsDf) -> Iterator[RenderableType]:
    for graph in df.vnffgds.values():
        for nfp in graph.nfps.values():
            yield ""
            yield escape(f"Path {nfp.id} of {graph.id}: {phrases.path(nfp)}")
            yield from (f"  for {escape(phrases.rule(match))}" for match in nfp.match)
