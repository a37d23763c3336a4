# SPDX-License-Identifier: Apache-2.0
"""`show`: a package as a table for people, and the resources of a flavour and level."""
from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from descriptors import model, resources, sizing
from descriptors.package import Package

KINDS = {"vnf": "VNF package", "ns": "Network service", "pnf": "PNF"}
NUMBERS = ("Number", "vCPU", "Memory", "Storage", "VFs")


def display(shown: RenderableType) -> None:
    """Prints it, wide enough where it goes into a file or another program."""
    Console(highlight=False, width=None if sys.stdout.isatty() else 132).print(shown)


def chosen(descriptor: model.Vnfd | model.Nsd, flavour: str | None) -> list[Any]:
    """The deployment flavours asked for: one, or all. ValueError where there is no such."""
    if flavour is not None and flavour not in descriptor.flavours:
        raise ValueError(f"no deployment flavour {flavour!r}, only {sorted(descriptor.flavours)}")
    return [df for name, df in descriptor.flavours.items() if flavour in (None, name)]


def summary(package: Package, flavour: str | None = None, level: str | None = None) -> RenderableType:
    """Facts, then per flavour the resources: of all levels, or of the one asked for."""
    parts: list[RenderableType] = [_facts(package)]
    if isinstance(package.descriptor, model.Vnfd):
        dfs = chosen(package.descriptor, flavour)
        if level and not any(level in df.levels for df in dfs):
            known = sorted({name for df in dfs for name in df.levels})
            raise ValueError(f"no instantiation level {level!r}, only {known}")
        for df in dfs:
            if not level or level in df.levels:
                parts += ["", _vdus(df, level), "", _levels(df, level)]
    elif isinstance(package.descriptor, model.Nsd):
        for df in chosen(package.descriptor, flavour):
            parts += ["", _profiles(df), *_paths(df)]
    return Group(*parts)


def _facts(package: Package) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
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
        yield "Flavours", ", ".join(f"{name}{' (default)' * (name == item.default_flavour and len(item.flavours) > 1)}"
                                    for name in item.flavours)
    yield "Images", ", ".join(dict.fromkeys(f"{image.name} {image.version}" for image in package.images))
    yield "Files", f"{len(package.files)}, {sum(file.size for file in package.files) / 1024:.0f} KiB"
    yield "Signature", "beside the CSAR" if package.wrapped else "in the manifest" if package.signed else "none"
    others = len(package.findings) - len(package.errors)
    yield "Findings", f"{len(package.errors)} errors, {others} others" if package.findings else "none"


def _grid(title: str, *columns: str) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", justify="right" if name in NUMBERS else "left")
    return table


def _vdus(df: model.VnfDf, level: str | None) -> Table:
    table = _grid(f"Flavour {df.id}: one VNFC of each VDU",
                  "VDU", "Number", "vCPU", "Memory", "Storage", "VFs", "Pages", "Asks for")
    numbers = resources.instances(df, level)
    for name, vdu in df.vdus.items():
        bounds = f"{numbers.get(name, 0)} of {vdu.minimum}…{vdu.maximum}"
        table.add_row(escape(name), bounds, *_cells(sizing.vnfc(df, name)), escape(", ".join(asked(vdu))))
    return table


def _levels(df: model.VnfDf, level: str | None) -> Table:
    table = _grid(f"Flavour {df.id}: the whole VNF",
                  "Level", "VNFCs", "vCPU", "Memory", "Storage", "VFs", "Pages", "Scale levels")
    names: list[str | None] = [level] if level else [*df.levels] or [None]
    for name in names:
        numbers = resources.instances(df, name)
        shown = f"{name} (default)" if name == df.default_level and name else name or "as instantiated"
        scale = df.levels[name].scale if name else {}
        table.add_row(escape(shown), escape(", ".join(f"{number}× {vdu}" for vdu, number in numbers.items())),
                      *_cells(sizing.total(df, name)),
                      escape(", ".join(f"{aspect} {at} of {df.aspects[aspect].max_scale_level}"
                                       for aspect, at in scale.items() if aspect in df.aspects)))
    return table


def _cells(need: sizing.Need) -> list[str]:
    pinned = f" ({need.dedicated} pinned)" if need.dedicated else ""
    pages = ", ".join(f"{number}× {size_of(size)}" for size, number in sorted(need.pages.items()))
    return [f"{need.vcpus}{pinned}", size_of(need.memory), size_of(need.storage), str(need.vfs or "-"), pages or "-"]


def size_of(mebibytes: int) -> str:
    """1536 is 1.5 GiB, 0 is -."""
    if not mebibytes:
        return "-"
    return f"{mebibytes / 1024:.4g} GiB" if mebibytes >= 1024 else f"{mebibytes} MiB"


def asked(vdu: model.Vdu) -> list[str]:
    """What a VDU asks of the platform beyond sizes, in words."""
    found, wanted = [], vdu.requirements
    policy = (wanted.get("virtual_cpu_pinning") or {}).get("virtual_cpu_pinning_policy")
    found += [f"{policy} CPU pinning"] if policy else []
    found += ["NUMA"] if wanted.get("numa_enabled") else []
    found += ["huge pages"] if wanted.get("huge_pages_requirements") else []
    found += ["logical node"] if wanted.get("logical_node") else []
    return found + [str(name) for name in wanted.get("requested_additional_capabilities") or {}]


def _profiles(df: model.NsDf) -> Table:
    table = _grid(f"Flavour {df.id}", "Constituent", "Kind", "Descriptor", "Flavour", "Level", "Number", "Links")
    for vnf in df.vnf_profiles.values():
        number = f"{vnf.minimum}" if vnf.minimum == vnf.maximum else f"{vnf.minimum}…{vnf.maximum}"
        table.add_row(escape(vnf.id), "VNF", vnf.vnfd_id, vnf.flavour, vnf.level or "default", number,
                      links_of(vnf.links))
    for pnf in df.pnf_profiles.values():
        table.add_row(escape(pnf.id), "PNF", pnf.pnfd_id, "", "", "1", links_of(pnf.links))
    for ns in df.ns_profiles.values():
        table.add_row(escape(ns.id), "NS", ns.nsd_id, ns.flavour, "", "1", links_of(ns.links))
    for sap in df.sapds.values():
        table.add_row(escape(sap.id), "SAP", "", "", "", "", escape(sap.virtual_link or ""))
    return table


def links_of(links: dict[str, str]) -> str:
    """`outside → clients, …`, for a markup that is switched on."""
    return escape(", ".join(f"{cp} → {link}" for cp, link in links.items()))


def _paths(df: model.NsDf) -> Iterator[RenderableType]:
    for graph in df.vnffgds.values():
        for nfp in graph.nfps.values():
            yield ""
            yield escape(f"Path {nfp.id} of {graph.id}: {way(nfp)}")
            yield from (f"  for {escape(rule(item))}" for item in nfp.match)


def way(nfp: model.Nfpd) -> str:
    """`client → firewall (outside, inside) → …`; the elements of a position one beside the other: `a (in) | b (in)`."""
    return " → ".join(" | ".join(map(_element, position.elements)) + (f" [{position.behaviour}]" if position.behaviour else "")
                      for position in nfp.positions)


def _element(cps: list[model.CpRef]) -> str:
    profile = next((ref.profile for ref in cps if ref.profile), None)
    names = ", ".join(ref.cp for ref in cps)
    return f"{profile} ({names})" if profile else names


def rule(match: dict[str, Any]) -> str:
    """A classifier's rule in short: `tcp, destinationPort 80`."""
    def value(item: Any) -> str:
        if isinstance(item, list):
            return str(item[0]) if len(set(map(str, item))) == 1 else "…".join(map(str, item))
        return str(item)
    return ", ".join(value(item) if name in ("protocol", "etherType") else f"{name} {value(item)}"
                     for name, item in match.items())
