# SPDX-License-Identifier: Apache-2.0
"""`mano vim`."""

from __future__ import annotations

from typing import Any

import click

from mano.cli import output, parameters
from mano.cli.group import client

COLUMNS: list[output.Column] = [("Id", "id"), ("Type", "vimType"), ("State", "state")]


@click.group()
def group() -> None:
    """VIMs that are registered."""


@group.command("list")
@output.option
@click.pass_context
def list_(context: click.Context, form: str) -> None:
    """List the VIMs."""
    output.rows(client(context).list("admin", "/vims"), COLUMNS, form)


@group.command()
@click.argument("id")
@output.option
@click.pass_context
def show(context: click.Context, id: str, form: str) -> None:
    """Show a VIM."""
    output.one(client(context).get("admin", f"/vims/{id}"), form)


@group.command()
@click.argument("id")
@click.option(
    "--type",
    "type_",
    type=click.Choice(["baremetal", "simulated"]),
    required=True,
    help="What kind of VIM it is.",
)
@parameters.option
@output.option
@click.pass_context
def add(context: click.Context, id: str, type_: str, given: dict[str, Any], form: str) -> None:
    """Register a VIM. For the simulated one, --request FILE may hold {"extra": {"delay": 0.5,
    …}}."""
    output.one(
        client(context)
        .call("POST", "admin", "/vims", json={"id": id, "vimType": type_, **given})
        .json(),
        form,
    )


@group.command()
@click.argument("id")
@click.pass_context
def remove(context: click.Context, id: str) -> None:
    """Forget a VIM that holds no resources of ours."""
    client(context).call("DELETE", "admin", f"/vims/{id}")
