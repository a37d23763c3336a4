# SPDX-License-Identifier: Apache-2.0
"""`sign` on the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from descriptors import building
from descriptors.archive import signing
from descriptors.commands import targets


@click.command()
@click.argument("path", type=targets.existing)
@click.option(
    "--key",
    required=True,
    type=targets.file,
    help="Private key (PEM); openssl asks for its passphrase.",
)
@click.option(
    "--passphrase-file",
    "passphrase",
    type=targets.file,
    help="A file whose first line is the key's passphrase.",
)
@click.option("--cert", required=True, type=targets.file, help="The certificate of that key (PEM).")
@click.option("--chain", type=targets.file, help="Certificates between it and the authority (PEM).")
@click.option(
    "--option",
    type=click.IntRange(1, 2),
    default=1,
    show_default=True,
    help="SOL004's: 1 signs the manifest, 2 makes a zip with the CSAR and its signature.",
)
@click.option(
    "--separate-cert",
    is_flag=True,
    help="The certificate in a file of its own, not in the signature.",
)
@click.option(
    "--artifact",
    "artifacts",
    multiple=True,
    metavar="PATTERN",
    help="Sign these files of the package one by one as well. Repeatable.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("."),
    help="File, or directory. [default: .]",
)
def sign(
    path: Path,
    key: Path,
    passphrase: Path | None,
    cert: Path,
    chain: Path | None,
    option: int,
    separate_cert: bool,
    artifacts: tuple[str, ...],
    out: Path,
) -> None:
    """Sign a CSAR, or the CSAR that a folder makes."""
    if option == 2 and artifacts:
        raise click.UsageError("--artifact is for option 1: option 2 signs the CSAR as it is")
    identity = signing.Identity(key, cert, chain, not separate_cert, passphrase)
    try:
        with tempfile.TemporaryDirectory() as folder:
            package = building.build(path, folder) if path.is_dir() else path
            click.echo(signing.sign(package, identity, out, option, artifacts))
    except (signing.SigningError, building.BuildError, OSError) as error:
        raise click.ClickException(str(error)) from error
