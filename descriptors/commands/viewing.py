# SPDX-License-Identifier: Apache-2.0
"""`show` and `diff` on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from descriptors import model
from descriptors.commands import given, linting, showing
from descriptors.package import Package


@click.command()
@click.argument("path", type=given.existing)
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
    "others",
    multiple=True,
    type=given.existing,
    metavar="PACKAGE",
    help="A VNF of the network service: to tell its resources, or to draw the inside of it. Repeatable.",
)
@click.option("--flavour", help="Only this deployment flavour.")
@click.option("--level", help="At this instantiation level or NS level.")
@click.option(
    "--scale",
    "scaled",
    multiple=True,
    metavar="ASPECT=LEVEL",
    help="A VNF at this level of a scaling aspect. Repeatable.",
)
def show(
    path: Path,
    as_tree: bool,
    graph: Path | None,
    as_json: bool,
    others: tuple[Path, ...],
    flavour: str | None,
    level: str | None,
    scaled: tuple[str, ...],
) -> None:
    """Show what a package holds and which resources it asks for."""
    ways = [
        name
        for name, wanted in (("--tree", as_tree), ("--graph", graph), ("--json", as_json))
        if wanted
    ]
    sized = [
        name
        for name, wanted in (("--level", level), ("--scale", scaled), ("--with", others))
        if wanted
    ]
    if len(ways) > 1 or (sized and ways in (["--tree"], ["--json"])):
        raise click.UsageError(f"{' and '.join([*ways, *sized])} do not go together")
    whole, *beside = given.understood(path, *others)
    try:
        package = showing.at_level(showing.narrowed(whole, flavour), level)
        scale, vnfds = (
            _scale(package, scaled),
            _vnfds(package, list(zip(others, beside, strict=True))),
        )
        if graph:
            from descriptors.commands import drawing

            drawing.draw(package, graph, vnfds, level, scale)
            click.echo(graph)
        elif as_json:
            click.echo(json.dumps(package.to_dict(), indent=2, default=str))
        else:
            from descriptors.commands import tables, trees

            showing.display(
                trees.tree(package) if as_tree else tables.summary(package, level, scale, vnfds)
            )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error
    if not package.ok:
        raise click.ClickException(
            f"{path} has {linting.many(len(package.errors), 'error')}: see `lint`"
        )


@click.command()
@click.argument("before", type=given.existing)
@click.argument("after", type=given.existing)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How it is written.",
)
def diff(before: Path, after: Path, format_: str) -> None:
    """Show what instances meet that go from BEFORE to AFTER. Both are packages of one kind."""
    from descriptors import comparing
    from descriptors.commands import differences

    old, new = given.understood(before, after)
    if old.kind != new.kind:
        kinds = " and ".join(
            f"{path} is a {given.KINDS[str(package.kind)]}"
            for path, package in ((before, old), (after, new))
        )
        raise click.UsageError(f"{kinds}: only packages of one kind can be compared")
    if old.kind == "pnf":
        raise click.UsageError(
            "PNF packages cannot be compared: nothing runs that would go from one to the other"
        )
    found = comparing.packages(old, new)
    shown = (
        json.dumps(found.to_dict(), indent=2) + "\n"
        if format_ == "json"
        else differences.render(found)
    )
    click.echo(shown, nl=False)


def _scale(package: Package, words: Sequence[str]) -> dict[str, int]:
    """{aspect: level} of `aspect=level` words. ValueError where they are none, or the package has
    no such aspect."""
    if words and not isinstance(package.descriptor, model.Vnfd):
        raise ValueError("--scale is for a VNF; a network service has --level")
    scale = {}
    for word in words:
        aspect, _, level = word.partition("=")
        if not (level.isascii() and level.isdigit()):
            raise ValueError(f"--scale {word}: write ASPECT=LEVEL, such as servers=2")
        scale[aspect] = int(level[:9])
    return scale


def _vnfds(package: Package, beside: Sequence[tuple[Path, Package]]) -> list[model.Vnfd]:
    """The VNFDs of packages given beside a service; says of each that is no part of it."""
    if beside and not isinstance(package.descriptor, model.Nsd):
        raise ValueError(
            "--with is for a network service: it gives a VNF that the service is made of"
        )
    found = []
    for path, other in beside:
        if not isinstance(other.descriptor, model.Vnfd):
            raise ValueError(
                f"--with {path}: it is a {given.KINDS[str(other.kind)]}, not a VNF package"
            )
        found.append(other.descriptor)
        if why := _unused(package.descriptor, other.descriptor):
            click.echo(f"--with {path} changes nothing: {why}", err=True)
    return found


def _unused(nsd: object, vnfd: model.Vnfd) -> str:
    """Why a VNFD is no part of a service; "" where it is."""
    profiles = (
        [profile for df in nsd.flavours.values() for profile in df.vnf_profiles.values()]
        if isinstance(nsd, model.Nsd)
        else []
    )
    named = [profile for profile in profiles if profile.vnfd_id == vnfd.id]
    if not named:
        return f"no VNF of the service has the VNFD {vnfd.id}"
    flavours = [
        profile.flavour
        for profile in named
        if (profile.flavour or vnfd.default_flavour) in vnfd.flavours
    ]
    return (
        ""
        if flavours
        else f"the service wants a flavour {named[0].flavour!r} that it does not have"
    )
