# SPDX-License-Identifier: Apache-2.0
"""`show` and `diff` on the command line."""
from __future__ import annotations

import json
from pathlib import Path

import click

from descriptors.commands import given


@click.command()
@click.argument("path", type=given.existing)
@click.option("--tree", "as_tree", is_flag=True, help="All that is in it, as a tree.")
@click.option("--graph", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg|png",
              help="Draw it: VDUs, CPs, VLs, SAPs, forwarding paths and scaling aspects.")
@click.option("--with", "others", multiple=True, type=given.existing, metavar="PACKAGE",
              help="With --graph of a network service: a VNF package to draw the inside of. Repeatable.")
@click.option("--flavour", help="Only this deployment flavour.")
@click.option("--level", help="The resources at this instantiation level.")
@click.option("--json", "as_json", is_flag=True, help="What was read, as JSON.")
def show(path: Path, as_tree: bool, graph: Path | None, others: tuple[Path, ...], flavour: str | None,
         level: str | None, as_json: bool) -> None:
    """Show what a package holds and which resources it asks for."""
    package, *beside = given.understood(path, *others)
    try:
        if graph:
            from descriptors.commands import drawing
            drawing.draw(package, graph, beside, flavour)
            click.echo(graph)
        elif as_json:
            click.echo(json.dumps(package.to_dict(), indent=2, default=str))
        else:
            from descriptors.commands import showing, trees
            showing.display(trees.tree(package, flavour) if as_tree else showing.summary(package, flavour, level))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error
    if not package.ok:
        raise click.ClickException(f"{path} has {len(package.errors)} errors: see `lint`")


@click.command()
@click.argument("before", type=given.existing)
@click.argument("after", type=given.existing)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How it is written.")
def diff(before: Path, after: Path, format_: str) -> None:
    """Show what changes for instances that go from the package BEFORE to the package AFTER."""
    from descriptors import comparing
    from descriptors.commands import differences
    old, new = given.understood(before, after)
    if old.kind != new.kind:
        kinds = " and ".join(f"{path} is a {given.KINDS[str(package.kind)]}" for path, package in ((before, old), (after, new)))
        raise click.UsageError(f"{kinds}: only packages of one kind can be compared")
    try:
        found = comparing.packages(old, new)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    shown = json.dumps(found.to_dict(), indent=2) + "\n" if format_ == "json" else differences.render(found)
    click.echo(shown, nl=False)
