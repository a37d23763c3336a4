# SPDX-License-Identifier: Apache-2.0
"""`show` on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from descriptors import model
from descriptors.commands import reader, reports, selection, targets
from descriptors.package import Package


@click.command()
@click.argument("path", type=targets.existing)
@click.option("--tree", "as_tree", is_flag=True, help="All that is in it, as a tree.")
@click.option(
    "--graph",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg|png",
    help="Draw it: VDUs, CPs, VLs, SAPs, forwarding paths and scaling aspects.",
)
@click.option("--json", "as_json", is_flag=True, help="What was read, as JSON.")
@click.option(
    "--with",
    "beside",
    multiple=True,
    type=targets.existing,
    metavar="PACKAGE",
    help="A VNF of the network service: to tell its resources, "
    "or to draw the inside of it. Repeatable.",
)
@click.option("--flavour", help="Only this deployment flavour.")
@click.option("--level", help="At this instantiation level or NS level.")
@click.option(
    "--scale",
    "statuses",
    multiple=True,
    metavar="ASPECT=LEVEL",
    help="A VNF at this level of a scaling aspect. Repeatable.",
)
def show(
    path: Path,
    as_tree: bool,
    graph: Path | None,
    as_json: bool,
    beside: tuple[Path, ...],
    flavour: str | None,
    level: str | None,
    statuses: tuple[str, ...],
) -> None:
    """Show what a package holds and which resources it asks for."""
    forms = {"--tree": as_tree, "--graph": graph, "--json": as_json}
    sizes = {"--level": level, "--scale": statuses, "--with": beside}
    _check_together(_used(forms), _used(sizes))
    package, *others = reader.read_all(path, *beside)
    try:
        package = selection.narrow(package, flavour, level)
        scale = selection.scale(package, statuses)
        vnfds = _vnfds(package, beside, others)
        if graph:
            from descriptors.commands import pictures

            pictures.draw(package, graph, vnfds, level, scale)
            click.echo(graph)
        elif as_json:
            click.echo(json.dumps(package.to_dict(), indent=2, default=str))
        else:
            from descriptors.commands import tables, terminal, trees

            page = trees.tree(package) if as_tree else None
            terminal.display(page or tables.summary(package, level, scale, vnfds))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error
    if not package.ok:
        errors = reports.many(len(package.errors), "error")
        raise click.ClickException(f"{path} has {errors}: see `lint`")


def _used(options: Mapping[str, object]) -> list[str]:
    return [name for name, value in options.items() if value]


def _check_together(forms: list[str], sizes: list[str]) -> None:
    """A picture and the tables have sizes, a tree and JSON have all of them."""
    if len(forms) > 1 or (sizes and forms in (["--tree"], ["--json"])):
        raise click.UsageError(f"{' and '.join([*forms, *sizes])} do not go together")


def _vnfds(package: Package, paths: Sequence[Path], others: Sequence[Package]) -> list[model.Vnfd]:
    """The VNFDs of packages beside a service; says of each that is no part of it."""
    if paths and not isinstance(package.descriptor, model.Nsd):
        raise ValueError(
            "--with is for a network service: it gives a VNF that the service is made of"
        )
    vnfds = []
    for path, other in zip(paths, others, strict=True):
        if not isinstance(other.descriptor, model.Vnfd):
            kind = targets.KINDS[str(other.kind)]
            raise ValueError(f"--with {path}: it is a {kind}, not a VNF package")
        vnfds.append(other.descriptor)
        reason = _unused(package.descriptor, other.descriptor)
        if reason:
            click.echo(f"--with {path} changes nothing: {reason}", err=True)
    return vnfds


def _unused(nsd: object, vnfd: model.Vnfd) -> str:
    """Why a VNFD is no part of a service; "" where it is."""
    profiles = _profiles(nsd) if isinstance(nsd, model.Nsd) else ()
    flavours = [profile.flavour for profile in profiles if profile.vnfd_id == vnfd.id]
    if not flavours:
        return f"no VNF of the service has the VNFD {vnfd.id}"
    if any((flavour or vnfd.default_flavour) in vnfd.flavours for flavour in flavours):
        return ""
    return f"the service wants a flavour {flavours[0]!r} that it does not have"


def _profiles(nsd: model.Nsd) -> Iterator[model.VnfProfile]:
    for df in nsd.flavours.values():
        yield from df.vnf_profiles.values()
