# SPDX-License-Identifier: Apache-2.0
"""`mano vnf-package`."""

from __future__ import annotations

import contextlib
import pathlib

import click

from mano.cli import onboarding, output, resource
from mano.cli.group import connect

PACKAGES = resource.Resource(
    command="vnf-package",
    api="vnfpkgm",
    path="/vnf_packages",
    names=("vnfProductName", "vnfdId"),
    columns=[
        ("Id", "id"),
        ("Product", "vnfProductName"),
        ("Version", "vnfSoftwareVersion"),
        ("Provider", "vnfProvider"),
        ("VNFD", "vnfdId"),
        ("Onboarding", "onboardingState"),
        ("State", "operationalState"),
        ("Usage", "usageState"),
    ],
)
KIND = onboarding.Kind(
    PACKAGES, content="package_content", state="onboardingState", enabled="operationalState"
)
group = resource.group(
    PACKAGES,
    "VNF packages (SOL005 clause 9).",
    many="the packages",
    one="a package",
    argument="PACKAGE",
)


@group.command()
@output.option
@click.pass_context
def create(context: click.Context, form: str) -> None:
    """Make the resource of a package whose content is uploaded later."""
    output.one(connect(context).post(PACKAGES.api, PACKAGES.path, {}), form)


@group.command()
@click.argument("package")
@onboarding.file_argument
@onboarding.sign_option
@click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Wait until it is onboarded."
)
@output.option
@click.pass_context
def upload(
    context: click.Context, package: str, file: pathlib.Path, sign: bool, wait: bool, form: str
) -> None:
    """Upload the content of a package that was created."""
    client = connect(context)
    with onboarding.signed(client, file) if sign else contextlib.nullcontext(file) as content:
        onboarding.upload(client, KIND, package, content)
    if wait:
        onboarding.show(onboarding.wait(client, KIND, package, file.name), form)
    else:
        output.one(PACKAGES.get(client, package), form)


@group.command()
@onboarding.file_argument
@onboarding.sign_option
@output.option
@click.pass_context
def onboard(context: click.Context, file: pathlib.Path, sign: bool, form: str) -> None:
    """Create a package and upload it; wait until it is onboarded."""
    onboarding.show(onboarding.onboard(connect(context), KIND, file, sign), form)


@group.command()
@click.argument("package")
@click.pass_context
def delete(context: click.Context, package: str) -> None:
    """Delete a package that no VNF uses; it is disabled first."""
    onboarding.delete(connect(context), KIND, package)
