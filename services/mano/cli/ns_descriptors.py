# SPDX-License-Identifier: Apache-2.0
"""`mano nsd`."""

from __future__ import annotations

import pathlib

import click

from mano.cli import lookup, onboarding, output
from mano.cli.client import Client
from mano.cli.group import client

COLUMNS: list[output.Column] = [
    ("Id", "id"),
    ("Name", "nsdName"),
    ("Version", "nsdVersion"),
    ("Designer", "nsdDesigner"),
    ("NSD", "nsdId"),
    ("Onboarding", "nsdOnboardingState"),
    ("State", "nsdOperationalState"),
    ("Usage", "nsdUsageState"),
]


@click.group()
def group() -> None:
    """Network service descriptors (SOL005 clause 5)."""


@group.command("list")
@output.option
@click.pass_context
def list_(context: click.Context, form: str) -> None:
    """List the NSDs."""
    output.rows(client(context).list("nsd", "/ns_descriptors"), COLUMNS, form)


@group.command()
@click.argument("nsd")
@output.option
@click.pass_context
def show(context: click.Context, nsd: str, form: str) -> None:
    """Show an NSD."""
    rest = client(context)
    output.one(rest.get("nsd", f"/ns_descriptors/{find(rest, nsd)}"), form)


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@output.option
@click.pass_context
def onboard(context: click.Context, file: pathlib.Path, form: str) -> None:
    """Create an NSD, upload its content, and wait until it is onboarded."""
    output.one(onboarding.onboard(client(context), onboarding.NSD, file), form)


@group.command()
@click.argument("nsd")
@click.pass_context
def delete(context: click.Context, nsd: str) -> None:
    """Delete an NSD that no network service uses; it is disabled first."""
    rest = client(context)
    onboarding.delete(rest, onboarding.NSD, find(rest, nsd))


def find(rest: Client, nsd: str) -> str:
    """The id of an NSD given by id of its resource, NSD id or name."""
    return lookup.id_of(rest, "nsd", "ns_descriptors", nsd, ("nsdName", "nsdId"))
