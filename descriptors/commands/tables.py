# SPDX-License-Identifier: Apache-2.0
"""`show`: a package as tables for people, and the resources of a VNF's flavours and levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from descriptors import model, resources, sizing
from descriptors.commands import grids, ns_tables, showing
from descriptors.commands.grids import Grid
from descriptors.package import Package

KINDS = {"vnf": "VNF package", "ns": "Network service", "pnf": "PNF"}
Scale = Mapping[str, int]


def summary(
    package: Package,
    level: str | None = None,
    scale: Scale | None = None,
    vnfds: Sequence[model.Vnfd] = (),
) -> RenderableType:
    """Facts, then per flavour the resources: of all levels, or at a level and scale status; of a
    service with `vnfds` too."""
    parts: list[RenderableType] = [_facts(package)]
    if isinstance(package.descriptor, model.Vnfd):
        for df in package.descriptor.flavours.values():
            parts += ["", _vdus(df, level, scale), "", _levels(df, level, scale)]
    elif isinstance(package.descriptor, model.Nsd):
        for ns in package.descriptor.flavours.values():
            parts += ns_tables.flavour(ns, level, {vnfd.id: vnfd for vnfd in vnfds})
    return Group(*parts)


def _facts(package: Package) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _named(package):
        if value:
            table.add_row(name, escape(value))
    return table


def _named(package: Package) -> Iterator[tuple[str, str]]:
    yield "Kind", KINDS.get(package.kind or "", "")
    item = package.descriptor
    if isinstance(item, model.Vnfd):
        yield "Product", f"{item.product_name} {item.software_version} of {item.provider}"
        yield "VNFD", f"{item.id}, version {item.version}"
        yield "Managed by", ", ".join(item.vnfm_info)
    elif isinstance(item, model.Nsd):
        yield "Service", f"{item.name} {item.version} of {item.designer}"
        yield "NSD", item.id
    elif isinstance(item, model.Pnfd):
        yield "Product", f"{item.name} {item.version} of {item.provider}"
        yield "PNFD", item.id
    if isinstance(item, model.Vnfd | model.Nsd):
        yield (
            "Flavours",
            ", ".join(
                f"{name}{' (default)' * (name == item.default_flavour and len(item.flavours) > 1)}"
                for name in item.flavours
            ),
        )
    yield (
        "Images",
        ", ".join(dict.fromkeys(f"{image.name} {image.version}" for image in package.images)),
    )
    yield (
        "Files",
        f"{len(package.files)}, {sum(file.size for file in package.files) / 1024:.0f} KiB",
    )
    yield (
        "Signature",
        "beside the CSAR" if package.wrapped else "in the manifest" if package.signed else "none",
    )
    yield "Findings", _findings(package)


def _findings(package: Package) -> str:
    errors, others = len(package.errors), len(package.findings) - len(package.errors)
    words = [
        f"{number} {word}{'s' * (number > 1)}"
        for number, word in ((errors, "error"), (others, "warning"))
        if number
    ]
    return ", ".join(words) or "none"


def _vdus(df: model.VnfDf, level: str | None, scale: Scale | None) -> Grid:
    at = resources.instances(df, level, scale)
    rows = [
        [
            name,
            f"{at.get(name, 0)} of {showing.between(vdu.minimum, vdu.maximum)}",
            *grids.needs(sizing.vnfc(df, name), showing.says_compute(vdu)),
            ", ".join(showing.asked(vdu)),
        ]
        for name, vdu in df.vdus.items()
    ]
    return Grid(
        f"Flavour {df.id}: its VDUs, and the size of one VNFC of each",
        ["VDU", "Number", *grids.NEED, "Asks for"],
        rows,
    )


def _levels(df: model.VnfDf, level: str | None, scale: Scale | None) -> Grid:
    names: list[str | None] = (
        [level or df.default_level] if level or scale else [*df.levels] or [None]
    )
    known = any(map(showing.says_compute, df.vdus.values()))
    rows = []
    for name in names:
        status = {**resources.scale_status(df, name), **(scale or {})}
        shown = (
            f"{name} (default)" if name and name == df.default_level else name or "as instantiated"
        )
        rows.append(
            [
                f"{shown}, scaled" if scale else shown,
                showing.numbers(resources.instances(df, name, scale), "\n"),
                *grids.needs(sizing.total(df, name, dict(scale or {})), known),
                "\n".join(
                    f"{aspect} {at} of {df.aspects[aspect].max_scale_level}"
                    for aspect, at in status.items()
                ),
            ]
        )
    return Grid(
        f"Flavour {df.id}: the whole VNF", ["Level", "VNFCs", *grids.NEED, "Scale levels"], rows
    )
