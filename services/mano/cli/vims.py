# SPDX-License-Identifier: Apache-2.0
"""`mano vim`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mano.cli import output, parameters, resource
from mano.cli.group import connect

if TYPE_CHECKING:
    from mano.cli.client import Document

VIMS = resource.Resource(
    command="vim",
    api="admin",
    path="/vims",
    columns=[("Id", "id"), ("Type", "vimType"), ("State", "state")],
)
group = resource.group(
    VIMS, "VIMs that are registered.", many="the VIMs", one="a VIM", argument="ID"
)


@group.command()
@click.argument("id")
@click.option(
    "--type",
    "type_",
    required=True,
    help="What kind of VIM it is: one of those that the NFVO has installed.",
)
@parameters.option
@output.option
@click.pass_context
def add(context: click.Context, id: str, type_: str, request: Document, form: str) -> None:
    """Register a VIM. For the simulated one, --request FILE may hold {"extra": {"delay": 0.5,
    …}}."""
    vim = {"id": id, "vimType": type_, **request}
    output.one(connect(context).post("admin", "/vims", vim), form)


@group.command()
@click.argument("id")
@click.pass_context
def remove(context: click.Context, id: str) -> None:
    """Forget a VIM that holds no resources of ours."""
    VIMS.call(connect(context), "DELETE", id)
