# SPDX-License-Identifier: Apache-2.0
"""`mano vnf-package`."""

from __future__ import annotations

import pathlib

import click

from mano.cli import lookup, onboarding, output
from mano.cli.client import Client
from mano.cli.group import client

COLUMNS: list[output.Column] = [
    ("Id", "id"),
    ("Product", "vnfProductName"),
    ("Version", "vnfSoftwareVersion"),
    ("Provider", "vnfProvider"),
    ("VNFD", "vnfdId"),
    ("Onboarding", "onboardingState"),
    ("State", "operationalState"),
    ("Usage", "usageState"),
]
file_argument = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path)
)


@click.group()
def group() -> None:
    """VNF packages (SOL005 clause 9)."""


@group.command("list")
@output.option
@click.pass_context
def list_(context: click.Context, form: str) -> None:
    """List the packages."""
    output.rows(client(context).list("vnfpkgm", "/vnf_packages"), COLUMNS, form)


@group.command()
@click.argument("package")
@output.option
@click.pass_context
def show(context: click.Context, package: str, form: str) -> None:
    """Show a package."""
    rest = client(context)
    output.one(rest.get("vnfpkgm", f"/vnf_packages/{find(rest, package)}"), form)


@group.command()
@output.option
@click.pass_context
def create(context: click.Context, form: str) -> None:
    """Make the resource of a package whose content is uploaded later."""
    output.one(client(context).call("POST", "vnfpkgm", "/vnf_packages", json={}).json(), form)


@group.command()
@click.argument("package")
@file_argument
@click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Wait until it is onboarded."
)
@output.option
@click.pass_context
def upload(context: click.Context, package: str, file: pathlib.Path, wait: bool, form: str) -> None:
    """Upload the content of a package that was created."""
    output.one(
        onboarding.upload(client(context), onboarding.VNF_PACKAGE, package, file, wait), form
    )


@group.command()
@file_argument
@output.option
@click.pass_context
def onboard(context: click.Context, file: pathlib.Path, form: str) -> None:
    """Create a package, upload its content, and wait until it is onboarded."""
    output.one(onboarding.onboard(client(context), onboarding.VNF_PACKAGE, file), form)


@group.command()
@click.argument("package")
@click.pass_context
def delete(context: click.Context, package: str) -> None:
    """Delete a package that no VNF uses; it is disabled first."""
    rest = client(context)
    onboarding.delete(rest, onboarding.VNF_PACKAGE, find(rest, package))


def find(rest: Client, package: str) -> str:
    """The id of a package given by id, product name or VNFD id."""
    return lookup.id_of(rest, "vnfpkgm", "vnf_packages", package, ("vnfProductName", "vnfdId"))
