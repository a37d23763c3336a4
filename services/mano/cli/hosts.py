# SPDX-License-Identifier: Apache-2.0
"""`mano host`: bare-metal NFVI hosts."""

from __future__ import annotations

import click

from mano.cli import output
from mano.cli.group import client

COLUMNS: list[output.Column] = [
    ("Id", "id"),
    ("VIM", "vimId"),
    ("State", "state"),
    ("CPUs", lambda host: len(host.get("facts", {}).get("cpus", [])) or None),
    ("Memory MiB", "facts.memoryMiB"),
    ("Kernel", "facts.kernel"),
    ("Resources", lambda host: len(host.get("resources") or {})),
    ("To do", lambda host: len(host.get("plan") or [])),
]


@click.group()
def group() -> None:
    """Bare-metal NFVI hosts."""


@group.command("list")
@output.option
@click.pass_context
def list_(context: click.Context, form: str) -> None:
    """List the hosts."""
    output.rows(client(context).list("admin", "/hosts"), COLUMNS, form)


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def show(context: click.Context, host: str, form: str) -> None:
    """Show a host: facts, resources, what is to do."""
    output.one(client(context).get("admin", f"/hosts/{host}"), form)


@group.command()
@click.argument("host")
@click.option(
    "--vim", default="baremetal", show_default=True, help="The bare-metal VIM to which it belongs."
)
@output.option
@click.pass_context
def add(context: click.Context, host: str, vim: str, form: str) -> None:
    """Register a host by the name under which its agent runs."""
    output.one(
        client(context).call("POST", "admin", "/hosts", json={"id": host, "vimId": vim}).json(),
        form,
    )


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def plan(context: click.Context, host: str, form: str) -> None:
    """Print what the agent would still change on the host; nothing if it is as desired."""
    todo = client(context).get("admin", f"/hosts/{host}").get("plan") or []
    if form != "table":
        output.data(todo, form)
        return
    for line in todo or ["Nothing: the host is as desired."]:
        click.echo(line)


@group.command()
@click.argument("host")
@click.pass_context
def remove(context: click.Context, host: str) -> None:
    """Forget a host on which nothing runs."""
    client(context).call("DELETE", "admin", f"/hosts/{host}")


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def pause(context: click.Context, host: str, form: str) -> None:
    """Let the host's agent plan but change nothing; `mano host plan` then shows what it would
    do."""
    _paused(context, host, True, form)


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def resume(context: click.Context, host: str, form: str) -> None:
    """Let the host's agent do what it has planned."""
    _paused(context, host, False, form)


def _paused(context: click.Context, host: str, paused: bool, form: str) -> None:
    reply = client(context).call("PATCH", "admin", f"/hosts/{host}", json={"paused": paused})
    output.rows([reply.json()], COLUMNS, form)
