# SPDX-License-Identifier: Apache-2.0
"""`sign` and `verify` on the command line."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from descriptors import building, pool
from descriptors.archive import signing
from descriptors.commands import linting
from descriptors.package import Trust

file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key", required=True, type=file, help="Private key (PEM); openssl asks for its passphrase."
)
@click.option(
    "--passphrase-file",
    "passphrase",
    type=file,
    help="A file whose first line is the key's passphrase.",
)
@click.option("--cert", required=True, type=file, help="The certificate of that key (PEM).")
@click.option("--chain", type=file, help="Certificates between it and the authority (PEM).")
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


@click.command()
@click.argument("path", type=file)
@click.option(
    "--trust",
    "anchors",
    type=file,
    help="Trust anchors: PEM with certificates of authorities or signers, and CRLs.",
)
def verify(path: Path, anchors: Path | None) -> None:
    """Check a package's signatures and hashes. Without --trust it only tells who signed."""
    reader = pool.Pool(trust=Trust("require", str(anchors.absolute()) if anchors else ""))
    try:
        package = reader.read(path)
    finally:
        reader.close()
    told = [
        finding
        for finding in package.findings
        if finding.severity == "error" or finding.rule.startswith("signature")
    ]
    click.echo(linting.render(told), nl=False)
    if package.security_option:
        by = ", ".join(package.signers) or "nobody whose signature holds"
        click.echo(f"{path}: signed as SOL004's option {package.security_option} by {by}")
    sys.exit(linting.exit_code(told))
