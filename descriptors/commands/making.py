# SPDX-License-Identifier: Apache-2.0
"""`init` and `build` on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from descriptors import building, model
from descriptors.commands import given

folders_only = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("kind", type=click.Choice(["vnf", "ns", "pnf"]))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--provider", default="example", show_default=True, help="Who makes it.")
@click.option(
    "--vnf",
    "vnfs",
    multiple=True,
    type=given.existing,
    metavar="PACKAGE",
    help="A VNF the network service is made of, in the order of its path. Repeatable.",
)
def init(kind: str, folder: Path, provider: str, vnfs: tuple[Path, ...]) -> None:
    """Start a package of your own in FOLDER. It gets a descriptor to change, and what goes with
    it."""
    from descriptors.commands import starting

    if vnfs and kind != "ns":
        raise click.UsageError("--vnf: only a network service is made of VNFs")
    vnfds = [
        package.descriptor
        for package in given.understood(*vnfs)
        if isinstance(package.descriptor, model.Vnfd)
    ]
    if len(vnfds) < len(vnfs):
        raise click.UsageError("--vnf takes VNF packages only")
    try:
        written = starting.start(kind, folder, provider, vnfds)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from error
    for path in written:
        click.echo(path)
    for words in starting.aside(vnfds):
        click.echo(words, err=True)


@click.command()
@click.argument("folders", nargs=-1, type=folders_only)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("."),
    help="Where the CSARs go: a directory, or the file that one is to be. [default: .]",
)
@click.option(
    "--samples", is_flag=True, help="Build the sample packages that come with the toolchain."
)
def build(folders: tuple[Path, ...], out: Path, samples: bool) -> None:
    """Make CSARs of FOLDERS, or of the package that one stands in. The same folder gives the same
    bytes."""
    chosen = [*folders, *(given.samples() if samples else [])] or [Path(".")]
    for folder in chosen:
        if not given.is_package(folder):
            raise click.UsageError(f"{folder}: {given.NO_PACKAGE}")
        if found := given.barred(folder):
            raise click.ClickException("\n".join(f"{folder}/{finding}" for finding in found))
    _prepare(out, len(chosen))
    for folder in chosen:
        try:
            click.echo(building.build(folder, out))
        except building.BuildError as error:
            raise click.ClickException(str(error)) from error


def _prepare(out: Path, number: int) -> None:
    """Makes the directory that `out` is or lies in."""
    file = out.is_file() or (out.suffix in (".csar", ".zip") and not out.is_dir())
    if file and number > 1:
        raise click.UsageError(
            f"--out {out} is one file, and {number} packages are to be built: name a directory"
        )
    (out.parent if file else out).mkdir(parents=True, exist_ok=True)
