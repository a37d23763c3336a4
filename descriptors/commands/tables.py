# SPDX-License-Identifier: Apache-2.0
"""`show`: a package as tables for people, and the resources of a VNF's flavours and levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from descriptors import model, resources, sizing
from descriptors.commands import grids, ns_tables, phrases
from descriptors.commands.grids import Grid
from descriptors.commands.reports import many
from descriptors.package import Package

KINDS = {"vnf": "VNF package", "ns": "Network service", "pnf": "PNF"}
Scale = Mapping[str, int]
Line = tuple[str, str]


def summary(
    package: Package,
    level: str | None = None,
    scale: Scale | None = None,
    vnfds: Sequence[model.Vnfd] = (),
) -> RenderableType:
    """Facts, then per flavour the resources.

    Of all levels, or at a level and scale status; of a service with `vnfds` too."""
    parts: list[RenderableType] = [_facts(package)]
    if isinstance(package.descriptor, model.Vnfd):
        for df in package.descriptor.flavours.values():
            parts += ["", _vdus(df, level, scale), "", _levels(df, level, scale)]
    elif isinstance(package.descriptor, model.Nsd):
        by_id = {vnfd.id: vnfd for vnfd in vnfds}
        for ns in package.descriptor.flavours.values():
            parts += ns_tables.flavour(ns, level, by_id)
    return Group(*parts)


def _facts(package: Package) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _lines(package):
        if value:
            table.add_row(name, escape(value))
    return table


def _lines(package: Package) -> Iterator[Line]:
    images = dict.fromkeys(f"{image.name} {image.version}" for image in package.images)
    size = sum(file.size for file in package.files) / 1024
    yield "Kind", KINDS.get(package.kind or "", "")
    yield from _identity(package)
    yield "Images", ", ".join(images)
    yield "Files", f"{len(package.files)}, {size:.0f} KiB"
    yield "Signature", _signature(package)
    yield "Findings", _findings(package)


def _identity(package: Package) -> Iterator[Line]:
    match package.descriptor:
        case model.Vnfd() as vnfd:
            yield "Product", f"{vnfd.product_name} {vnfd.software_version} of {vnfd.provider}"
            yield "VNFD", f"{vnfd.id}, version {vnfd.version}"
            yield "Managed by", ", ".join(vnfd.vnfm_info)
            yield "Flavours", _flavours(list(vnfd.flavours), vnfd.default_flavour)
        case model.Nsd() as nsd:
            yield "Service", f"{nsd.name} {nsd.version} of {nsd.designer}"
            yield "NSD", nsd.id
            yield "Flavours", _flavours(list(nsd.flavours), nsd.default_flavour)
        case model.Pnfd() as pnfd:
            yield "Product", f"{pnfd.name} {pnfd.version} of {pnfd.provider}"
            yield "PNFD", pnfd.id


def _flavours(names: Sequence[str], default: str) -> str:
    is_marked = len(names) > 1
    return ", ".join(
        f"{name} (default)" if is_marked and name == default else name for name in names
    )


def _signature(package: Package) -> str:
    if package.wrapped:
        return "beside the CSAR"
    return "in the manifest" if package.signed else "none"


def _findings(package: Package) -> str:
    errors = len(package.errors)
    warnings = len(package.findings) - errors
    numbers = ((errors, "error"), (warnings, "warning"))
    return ", ".join(many(number, word) for number, word in numbers if number) or "none"


def _vdus(df: model.VnfDf, level: str | None, scale: Scale | None) -> Grid:
    counts = resources.instances(df, level, scale)
    rows = [
        [
            name,
            f"{counts.get(name, 0)} of {phrases.between(vdu.minimum, vdu.maximum)}",
            *grids.cells(sizing.vnfc(df, name), phrases.says_compute(vdu)),
            ", ".join(phrases.wishes(vdu)),
        ]
        for name, vdu in df.vdus.items()
    ]
    title = f"Flavour {df.id}: its VDUs, and the size of one VNFC of each"
    return Grid(title, ["VDU", "Number", *grids.NEED, "Asks for"], rows)


def _levels(df: model.VnfDf, level: str | None, scale: Scale | None) -> Grid:
    names: list[str | None] = [*df.levels] or [None]
    if level or scale:
        names = [level or df.default_level]
    rows = [_level(df, name, scale or {}) for name in names]
    columns = ["Level", "VNFCs", *grids.NEED, "Scale levels"]
    return Grid(f"Flavour {df.id}: the whole VNF", columns, rows)


def _level(df: model.VnfDf, level: str | None, scale: Scale) -> list[str]:
    title = level or "as instantiated"
    title += " (default)" if level and level == df.default_level else ""
    says_compute = any(map(phrases.says_compute, df.vdus.values()))
    status = {**resources.scale_status(df, level), **scale}
    levels = [
        f"{aspect} {number} of {df.aspects[aspect].max_scale_level}"
        for aspect, number in status.items()
    ]
    return [
        f"{title}, scaled" if scale else title,
        phrases.numbers(resources.instances(df, level, scale), "\n"),
        *grids.cells(sizing.total(df, level, dict(scale)), says_compute),
        "\n".join(levels),
    ]
