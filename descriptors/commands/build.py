# SPDX-License-Identifier: Apache-2.0
"""`build` on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from descriptors import building
from descriptors.commands import reader, targets

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folders", nargs=-1, type=_FOLDER)
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
    chosen = [*folders, *(targets.samples() if samples else [])] or [Path(".")]
    for folder in chosen:
        _check(folder)
    _make_place(out, len(chosen))
    for folder in chosen:
        try:
            click.echo(building.build(folder, out))
        except building.BuildError as error:
            raise click.ClickException(str(error)) from error


def _check(folder: Path) -> None:
    if not targets.is_package(folder):
        raise click.UsageError(f"{folder}: {targets.NO_PACKAGE}")
    if findings := reader.barred(folder):
        raise click.ClickException("\n".join(f"{folder}/{finding}" for finding in findings))


def _make_place(out: Path, number: int) -> None:
    """Makes the directory that `out` is or lies in."""
    is_file = (out.exists() and not out.is_dir()) or (
        out.suffix in (".csar", ".zip") and not out.is_dir()
    )
    if is_file and number > 1:
        raise click.UsageError(
            f"--out {out} is one file, and {number} packages are to be built: name a directory"
        )
    (out.parent if is_file else out).mkdir(parents=True, exist_ok=True)
