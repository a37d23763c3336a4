# SPDX-License-Identifier: Apache-2.0
"""`init` on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from descriptors import model
from descriptors.commands import reader, targets


@click.command()
@click.argument("kind", type=click.Choice(["vnf", "ns", "pnf"]))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--provider", default="example", show_default=True, help="Who makes it.")
@click.option(
    "--vnf",
    "vnfs",
    multiple=True,
    type=targets.existing,
    metavar="PACKAGE",
    help="A VNF the network service is made of, in the order of its path. Repeatable.",
)
def init(kind: str, folder: Path, provider: str, vnfs: tuple[Path, ...]) -> None:
    """Start a package of your own in FOLDER. It gets a descriptor to change, and what goes with
    it."""
    from descriptors.commands import ns_skeleton, skeletons

    if vnfs and kind != "ns":
        raise click.UsageError("--vnf: only a network service is made of VNFs")
    vnfds = _vnfds(vnfs)
    try:
        paths = skeletons.start(kind, folder, provider, vnfds)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from error
    for path in paths:
        click.echo(path)
    for sentence in ns_skeleton.aside(vnfds):
        click.echo(sentence, err=True)


def _vnfds(vnfs: tuple[Path, ...]) -> list[model.Vnfd]:
    descriptors = [package.descriptor for package in reader.read_all(*vnfs)]
    vnfds = [vnfd for vnfd in descriptors if isinstance(vnfd, model.Vnfd)]
    if len(vnfds) < len(vnfs):
        raise click.UsageError("--vnf takes VNF packages only")
    return vnfds
