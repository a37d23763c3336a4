# SPDX-License-Identifier: Apache-2.0
"""`mano vnf`."""

from __future__ import annotations

import click

from mano.cli import lookup, output
from mano.cli.group import client

COLUMNS: list[output.Column] = [
    ("Id", "id"),
    ("Name", "vnfInstanceName"),
    ("Product", "vnfProductName"),
    ("VNFD", "vnfdId"),
    ("State", "instantiationState"),
    ("VNF state", "instantiatedVnfInfo.vnfState"),
]


@click.group()
def group() -> None:
    """VNF instances, as the VNFM has them (SOL003 clause 5)."""


@group.command("list")
@output.option
@click.pass_context
def list_(context: click.Context, form: str) -> None:
    """List the instances."""
    output.rows(client(context).list("vnflcm", "/vnf_instances", all_fields=""), COLUMNS, form)


@group.command()
@click.argument("vnf")
@output.option
@click.pass_context
def show(context: click.Context, vnf: str, form: str) -> None:
    """Show an instance."""
    rest = client(context)
    id = lookup.id_of(rest, "vnflcm", "vnf_instances", vnf, ("vnfInstanceName",))
    output.one(rest.get("vnflcm", f"/vnf_instances/{id}"), form)
