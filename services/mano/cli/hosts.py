# SPDX-License-Identifier: Apache-2.0
"""`mano host`: bare-metal NFVI hosts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from mano.cli import output, resource
from mano.cli.failures import Failure
from mano.cli.group import connect

if TYPE_CHECKING:
    from mano.cli.client import Client


def _state(host: output.Row) -> str:
    """Also that it is paused, for then nothing is changed there."""
    return f"{host['state']}, paused" if host.get("paused") else str(host["state"])


HOSTS = resource.Resource(
    command="host",
    api="admin",
    path="/hosts",
    columns=[
        ("Id", "id"),
        ("VIM", "vimId"),
        ("State", _state),
        ("CPUs", lambda host: len(host.get("facts", {}).get("cpus", [])) or None),
        ("Memory MiB", "facts.memoryMiB"),
        ("Kernel", "facts.kernel"),
        ("Resources", lambda host: len(host.get("resources") or {})),
        ("To do", lambda host: len(host.get("plan") or [])),
    ],
)
EVENTS: list[output.Column] = [("At", "at"), ("What", "what"), ("Refused", "why")]
group = resource.group(
    HOSTS,
    "Bare-metal NFVI hosts.",
    many="the hosts",
    one="a host: facts, resources, what is to do",
    argument="HOST",
)


@group.command()
@click.argument("host")
@click.option(
    "--vim", default="baremetal", show_default=True, help="The bare-metal VIM to which it belongs."
)
@output.option
@click.pass_context
def add(context: click.Context, host: str, vim: str, form: str) -> None:
    """Register a host by the name under which its agent runs."""
    output.one(connect(context).post("admin", "/hosts", {"id": host, "vimId": vim}), form)


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def plan(context: click.Context, host: str, form: str) -> None:
    """Print what the agent would still change on the host."""
    actions = HOSTS.get(connect(context), host).get("plan") or []
    if form != "table":
        output.data(actions, form)
        return
    for action in actions or ["Nothing: the host is as desired."]:
        click.echo(action)


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def events(context: click.Context, host: str, form: str) -> None:
    """Print what the host's agent mended unasked: what others had changed, what had ended."""
    answer = HOSTS.call(connect(context), "GET", host, below="/events")
    output.rows(answer.json(), EVENTS, form)


@group.command()
@click.argument("host")
@click.pass_context
def remove(context: click.Context, host: str) -> None:
    """Forget a host on which nothing runs."""
    HOSTS.call(connect(context), "DELETE", host)


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def pause(context: click.Context, host: str, form: str) -> None:
    """Let the host's agent plan but change nothing.

    `mano host plan` then shows what it would do.
    """
    _set_paused(context, host, True, form)


@group.command()
@click.argument("host")
@output.option
@click.pass_context
def resume(context: click.Context, host: str, form: str) -> None:
    """Let the host's agent do what it has planned."""
    _set_paused(context, host, False, form)


def _set_paused(context: click.Context, host: str, paused: bool, form: str) -> None:
    answer = HOSTS.call(connect(context), "PATCH", host, json={"paused": paused})
    output.rows([answer.json()], HOSTS.columns, form)


def warn_of_paused(client: Client) -> None:
    """Says, beside what a command prints, which hosts change nothing meanwhile."""
    with contextlib.suppress(Failure):  # who may not see hosts is not told of them
        for host in client.list(HOSTS.api, HOSTS.path):
            if host.get("paused"):
                id = host["id"]
                text = f"mano: host {id} is paused: what is for it waits; `mano host resume {id}`"
                click.echo(text, err=True)
