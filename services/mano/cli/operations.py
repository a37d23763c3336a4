# SPDX-License-Identifier: Apache-2.0
"""`mano op`: life cycle operation occurrences of network services and of VNFs."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING

import click

from mano.cli import output, progress, resource
from mano.cli.failures import Failure, NotThere
from mano.cli.group import connect

if TYPE_CHECKING:
    from mano.cli.client import Client, Document

VERBS = {
    "retry": "Try again what failed.",
    "rollback": "Undo what was done.",
    "fail": "Give it up for good.",
    "continue": "Go on.",
    "cancel": "Stop it before its next step.",
}
PATIENCE = 600  # seconds


def _instance(occurrence: output.Row) -> str:
    if "nsInstanceId" in occurrence:
        return f"ns {occurrence['nsInstanceId']}"
    return f"vnf {occurrence['vnfInstanceId']}"


OF_NS = resource.Resource(
    command="op",
    api="nslcm",
    path="/ns_lcm_op_occs",
    query={"all_fields": ""},
    columns=[
        ("Id", "id"),
        ("Of", _instance),
        ("Operation", lambda op: op.get("lcmOperationType") or op.get("operation")),
        ("State", "operationState"),
        ("Started", "startTime"),
        ("Error", "error.detail"),
    ],
)
OF_VNF = dataclasses.replace(OF_NS, api="vnflcm", path="/vnf_lcm_op_occs")


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
    query = {"filter": f"(eq,operationState,{state})"} if state else {}
    (OF_VNF if vnf else OF_NS).show_list(connect(context), form, **query)


@group.command()
@click.argument("id")
@output.option
@click.pass_context
def show(context: click.Context, id: str, form: str) -> None:
    """Show an operation."""
    _, _, occurrence = _find(connect(context), id)
    output.one(occurrence, form)


@group.command()
@click.argument("id")
@output.option
@click.pass_context
def watch(context: click.Context, id: str, form: str) -> None:
    """Wait until an operation has ended; exit code 1 if it failed."""
    client = connect(context)
    api, path, _ = _find(client, id)
    output.one(progress.operation(client, api, path, f"operation {id}"), form)


def _add(verb: str, text: str) -> None:
    @group.command(verb, help=text)
    @click.argument("id")
    @click.option(
        "--wait/--no-wait", default=False, show_default=True, help="Wait until it has ended."
    )
    @output.option
    @click.pass_context
    def act(context: click.Context, id: str, wait: bool, form: str) -> None:
        client = connect(context)
        api, path, _ = _find(client, id)
        client.call("POST", api, f"{path}/{verb}")
        if not wait:
            output.one(client.get(api, path), form)
        elif verb == "rollback":  # it ends well in a state that is a failure of the others
            output.one(progress.ended(client, api, path, verb, PATIENCE), form)
        else:
            output.one(progress.operation(client, api, path, f"{verb} {id}"), form)


for _verb, _text in VERBS.items():
    _add(_verb, _text)


def _find(client: Client, id: str) -> tuple[str, str, Document]:
    """API, path and body of an operation, whichever service has it."""
    for collection in (OF_NS, OF_VNF):
        path = f"{collection.path}/{resource.segment(id)}"
        with contextlib.suppress(NotThere):
            return collection.api, path, client.get(collection.api, path)
    raise Failure(
        f"there is no operation {id}: list them with `mano op list` and `mano op list --vnf`"
    )
