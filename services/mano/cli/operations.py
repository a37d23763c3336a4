# SPDX-License-Identifier: Apache-2.0
"""`mano op`: life cycle operation occurrences of network services and of VNFs."""

from __future__ import annotations

from typing import Any

import click

from mano.cli import output, progress
from mano.cli.client import Client
from mano.cli.failures import Failure
from mano.cli.group import client

PLACES = (("nslcm", "/ns_lcm_op_occs"), ("vnflcm", "/vnf_lcm_op_occs"))
COLUMNS: list[output.Column] = [
    ("Id", "id"),
    (
        "Of",
        lambda op: (
            f"ns {op['nsInstanceId']}" if "nsInstanceId" in op else f"vnf {op['vnfInstanceId']}"
        ),
    ),
    ("Operation", lambda op: op.get("lcmOperationType") or op.get("operation")),
    ("State", "operationState"),
    ("Started", "startTime"),
    ("Error", "error.detail"),
]


@click.group()
def group() -> None:
    """Life cycle operations."""


@group.command("list")
@click.option("--vnf", is_flag=True, help="Those of VNFs, as the VNFM has them.")
@click.option("--state", help="Only those in this operationState.")
@output.option
@click.pass_context
def list_(context: click.Context, vnf: bool, state: str | None, form: str) -> None:
    """List the operations of network services."""
    api, path = PLACES[1] if vnf else PLACES[0]
    query = {"filter": f"(eq,operationState,{state})"} if state else {}
    output.rows(client(context).list(api, path, all_fields="", **query), COLUMNS, form)


@group.command()
@click.argument("id")
@output.option
@click.pass_context
def show(context: click.Context, id: str, form: str) -> None:
    """Show an operation."""
    output.one(_find(client(context), id)[2], form)


@group.command()
@click.argument("id")
@output.option
@click.pass_context
def watch(context: click.Context, id: str, form: str) -> None:
    """Wait until an operation has ended; exit code 1 if it failed."""
    rest = client(context)
    api, path, _ = _find(rest, id)
    output.one(progress.operation(rest, api, path, f"operation {id}"), form)


def _event(name: str, text: str) -> click.Command:
    @click.argument("id")
    @click.option(
        "--wait/--no-wait", default=False, show_default=True, help="Wait until it has ended."
    )
    @output.option
    @click.pass_context
    def act(context: click.Context, id: str, wait: bool, form: str) -> None:
        rest = client(context)
        api, path, _ = _find(rest, id)
        rest.call("POST", api, f"{path}/{name}")
        if wait and name == "rollback":
            found = progress.until(
                lambda: rest.get(api, path),
                lambda op: op["operationState"] in progress.ENDED,
                lambda op: f"rollback: {op['operationState']}",
                600,
            )
        else:
            found = (
                progress.operation(rest, api, path, f"{name} {id}") if wait else rest.get(api, path)
            )
        output.one(found, form)

    return group.command(name, help=text)(act)


for _name, _text in {
    "retry": "Try again what failed.",
    "rollback": "Undo what was done.",
    "fail": "Give it up for good.",
    "continue": "Go on.",
    "cancel": "Stop it before its next step.",
}.items():
    _event(_name, _text)


def _find(rest: Client, id: str) -> tuple[str, str, dict[str, Any]]:
    """API, path and body of an operation, whichever service has it."""
    for api, path in PLACES:
        try:
            return api, f"{path}/{id}", rest.get(api, f"{path}/{id}")
        except Failure as failure:
            if "(404)" not in failure.message:
                raise
    raise Failure(
        f"there is no operation {id}: list them with `mano op list` and `mano op list --vnf`"
    )
