# SPDX-License-Identifier: Apache-2.0
"""`mano nsd`."""

from __future__ import annotations

import pathlib

import click

from mano.cli import onboarding, output, resource
from mano.cli.group import connect

DESCRIPTORS = resource.Resource(
    command="nsd",
    api="nsd",
    path="/ns_descriptors",
    names=("nsdName", "nsdId"),
    columns=[
        ("Id", "id"),
        ("Name", "nsdName"),
        ("Version", "nsdVersion"),
        ("Designer", "nsdDesigner"),
        ("NSD", "nsdId"),
        ("Onboarding", "nsdOnboardingState"),
        ("State", "nsdOperationalState"),
        ("Usage", "nsdUsageState"),
    ],
)
KIND = onboarding.Kind(
    DESCRIPTORS,
    content="nsd_content",
    state="nsdOnboardingState",
    enabled="nsdOperationalState",
)
group = resource.group(
    DESCRIPTORS,
    "Network service descriptors (SOL005 clause 5).",
    many="the NSDs",
    one="an NSD",
    argument="NSD",
)


@group.command()
@onboarding.file_argument
@onboarding.sign_option
@output.option
@click.pass_context
def onboard(context: click.Context, file: pathlib.Path, sign: bool, form: str) -> None:
    """Create an NSD and upload it; wait until it is onboarded."""
    onboarding.show(onboarding.onboard(connect(context), KIND, file, sign), form)


@group.command()
@click.argument("nsd")
@click.pass_context
def delete(context: click.Context, nsd: str) -> None:
    """Delete an NSD that no network service uses; it is disabled first."""
    onboarding.delete(connect(context), KIND, nsd)
