# SPDX-License-Identifier: Apache-2.0
"""The command line of the toolchain: `mano-package`, `mano package` and `python -m descriptors` are this group."""
from __future__ import annotations

import json
import sys
from pathlib import Path

import click

import descriptors
from descriptors import building, meta

existing = click.Path(exists=True, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def group() -> None:
    """Make, check, show, compare and sign VNF, NS and PNF packages (SOL001, SOL004, SOL007). Needs no service.

    Exit codes: 0 fine, 1 errors were found, 2 wrong use.
    """


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
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def lint(paths: tuple[Path, ...]) -> None:
    """Report everything that is wrong with packages, folders or YAML files."""
    packages = {path: read(path) for path in paths}
    for path, package in packages.items():
        for finding in package.findings:
            click.echo(f"{path}: {finding}")
        click.echo(f"{path}: {'ok' if package.ok else 'not ok'}, {len(package.errors)} errors, "
                   f"{len(package.findings) - len(package.errors)} warnings")
    if not all(package.ok for package in packages.values()):
        sys.exit(1)


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
            from descriptors import drawing
            drawing.draw(package, graph, [understood(other) for other in others], flavour)
            click.echo(graph)
        elif as_json:
            click.echo(json.dumps(package.to_dict(), indent=2, default=str))
        else:
            from descriptors import showing
            showing.show(package, as_tree, flavour, level)
    except (ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    if not package.ok:
        raise click.ClickException(f"{path} has {len(package.errors)} errors: see `lint`")


def samples() -> list[Path]:
    """The folders of the sample packages, VNFs first."""
    root = Path(__file__).parent
    return [*sorted(path.parent for path in root.glob("vnf/*/Definitions")),
            *sorted(path.parent for path in root.glob("ns/*/Definitions"))]


def read(path: Path) -> descriptors.Package:
    """As `descriptors.read`; of a folder that is yet to be built it reads what would be built of it."""
    if path.is_dir() and not (path / meta.META).is_file():
        return building.stage(path.resolve())[1]
    return descriptors.read(path)


def understood(path: Path) -> descriptors.Package:
    """The package; a failure that tells its errors where no descriptor could be read at all."""
    package = read(path)
    if package.kind is None or package.kind != "pnf" and package.descriptor is None:
        why = "\n".join(f"  {finding}" for finding in package.errors)
        raise click.ClickException(f"{path} cannot be read:\n{why}")
    return package
