# SPDX-License-Identifier: Apache-2.0
"""The command line of the toolchain: `mano-package`, `mano package` and `python -m descriptors` are this group."""
from __future__ import annotations

import json
import sys
from pathlib import Path

import click

import descriptors
from descriptors import rules
from descriptors.archive import building
from descriptors.commands import linting, trusting

existing = click.Path(exists=True, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def group() -> None:
    """Make, check, show, compare and sign VNF, NS and PNF packages (SOL001, SOL004, SOL007). Needs no service.

    Exit codes: 0 fine, 1 errors were found, 2 wrong use.
    """


@group.command()
@click.argument("kind", type=click.Choice(["vnf", "ns", "pnf"]))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--provider", default="example", show_default=True, help="Who makes it.")
@click.option("--vnf", "vnfs", multiple=True, type=existing, metavar="PACKAGE",
              help="A VNF the network service is made of, in the order of its path. Repeatable.")
def init(kind: str, folder: Path, provider: str, vnfs: tuple[Path, ...]) -> None:
    """Start a package of your own in FOLDER: a descriptor to change, and what goes with it."""
    from descriptors import model
    from descriptors.commands import starting
    vnfds = [package.descriptor for package in map(understood, vnfs) if isinstance(package.descriptor, model.Vnfd)]
    if len(vnfds) < len(vnfs):
        raise click.UsageError("--vnf takes VNF packages only")
    try:
        for path in starting.start(kind, folder, provider, vnfds):
            click.echo(path)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error


@group.command()
@click.argument("folders", nargs=-1, type=existing)
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("."), help="Directory the CSARs go to.")
def build(folders: tuple[Path, ...], out: Path) -> None:
    """Make CSARs of FOLDERS; without any, of all samples. The same folder gives the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    for folder in folders or samples():
        try:
            click.echo(building.build(folder, out))
        except building.BuildError as error:
            raise click.ClickException(str(error)) from error


@group.command()
@click.argument("paths", nargs=-1, required=True, type=existing)
@click.option("--format", "format_", type=click.Choice(linting.FORMATS), default="text",
              help="How the findings are written.")
@click.option("-W", "switches", multiple=True, metavar="RULE|no-RULE",
              help="Only this rule, or all but this; also a group, such as csar. Repeatable.")
def lint(paths: tuple[Path, ...], format_: str, switches: tuple[str, ...]) -> None:
    """Report everything that is wrong with packages, folders or YAML files; docs/rules.md lists what that can be."""
    only, off = linting.switches(switches)
    try:
        findings = linting.lint(paths, only=only, off=off)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(linting.render(findings, format_), nl=False)
    sys.exit(linting.exit_code(findings))


@group.command(name="rules")
def list_rules() -> None:
    """Print all rules as a page."""
    click.echo(rules.page(), nl=False)


@group.command()
@click.argument("path", type=existing)
@click.option("--tree", "as_tree", is_flag=True, help="All that is in it, as a tree.")
@click.option("--graph", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg|png",
              help="Draw it: VDUs, CPs, VLs, SAPs, forwarding paths and scaling aspects.")
@click.option("--with", "others", multiple=True, type=existing, metavar="PACKAGE",
              help="With --graph of a network service: a VNF package to draw the inside of. Repeatable.")
@click.option("--flavour", help="Only this deployment flavour.")
@click.option("--level", help="The resources at this instantiation level.")
@click.option("--json", "as_json", is_flag=True, help="What was read, as JSON.")
def show(path: Path, as_tree: bool, graph: Path | None, others: tuple[Path, ...], flavour: str | None,
         level: str | None, as_json: bool) -> None:
    """Show what a package holds and which resources it asks for."""
    package = understood(path)
    try:
        if graph:
            from descriptors.commands import drawing
            drawing.draw(package, graph, [understood(other) for other in others], flavour)
            click.echo(graph)
        elif as_json:
            click.echo(json.dumps(package.to_dict(), indent=2, default=str))
        else:
            from descriptors.commands import showing, trees
            showing.display(trees.tree(package, flavour) if as_tree else showing.summary(package, flavour, level))
    except (ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    if not package.ok:
        raise click.ClickException(f"{path} has {len(package.errors)} errors: see `lint`")


@group.command()
@click.argument("before", type=existing)
@click.argument("after", type=existing)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How it is written.")
def diff(before: Path, after: Path, format_: str) -> None:
    """Show what changes for instances that go from the package BEFORE to the package AFTER."""
    from descriptors import comparing
    from descriptors.commands import differences
    try:
        found = comparing.packages(understood(before), understood(after))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    shown = json.dumps(found.to_dict(), indent=2) + "\n" if format_ == "json" else differences.render(found)
    click.echo(shown, nl=False)


group.add_command(trusting.sign)
group.add_command(trusting.verify)


def samples() -> list[Path]:
    """The folders of the sample packages, VNFs first."""
    root = Path(__file__).parent.parent
    return [*sorted(path.parent for path in root.glob("vnf/*/Definitions")),
            *sorted(path.parent for path in root.glob("ns/*/Definitions"))]


def understood(path: Path) -> descriptors.Package:
    """The package; a failure that tells its errors where no descriptor could be read at all."""
    package = building.read(path)
    if package.kind is None or package.kind != "pnf" and package.descriptor is None:
        why = "\n".join(f"  {finding}" for finding in package.errors)
        raise click.ClickException(f"{path} cannot be read:\n{why}")
    return package
