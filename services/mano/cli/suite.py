# SPDX-License-Identifier: Apache-2.0
"""`mano up`, `mano down`, `mano status`."""

from __future__ import annotations

import os
import pathlib
import socket
import sys
from typing import Any

import click

from mano.cli import output
from mano.cli.failures import REFUSED, UNREACHABLE, Failure
from mano.suite import settings

data_option = click.option(
    "--data", type=click.Path(file_okay=False, path_type=pathlib.Path), help="Data directory."
)


@click.command()
@click.option("--detach", "-d", is_flag=True, help="Return as soon as the suite answers.")
@click.option("--verbose", "-v", is_flag=True, help="Log details.")
@data_option
@click.pass_context
def up(context: click.Context, detach: bool, verbose: bool, data: pathlib.Path | None) -> None:
    """Start the embedded suite: every service, a PostgreSQL, and the agent of this host."""
    from mano.suite import places
    from mano.suite import up as embedded

    given = embedded_settings(data or context.find_root().obj)
    if detach:
        try:
            embedded.detach(given.data)
        except (RuntimeError, OSError) as error:
            raise Failure(str(error)) from error
        running = places.remembered(given.data)
        click.echo(
            f"The suite runs: NFVO {running['nfvo']}, VNFM {running['vnfm']}. See `mano status`; end it with `mano down`."
        )
        return
    _run(given, verbose)


def _run(given: settings.Settings, verbose: bool) -> None:
    from mano.suite import logs, parts, places
    from mano.suite import up as embedded

    logs.to_stderr(verbose)
    from mano.rest.server import PortTaken

    try:
        embedded.run(given)
    except (PortTaken, places.Busy, parts.Missing, RuntimeError, OSError) as error:
        raise Failure(str(error)) from error


@click.command()
@click.option(
    "--purge", is_flag=True, help="Also remove the network services of this host and all data."
)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@data_option
@click.pass_context
def down(context: click.Context, purge: bool, yes: bool, data: pathlib.Path | None) -> None:
    """End the embedded suite. Running network services go on, and are found again by the next `mano
    up`."""
    from mano.suite import up as embedded

    given = settings.read(os.environ, data or context.find_root().obj)
    if purge and not yes:
        click.confirm(
            f"Remove all network services of this host and everything in {given.data}?", abort=True
        )
    was = embedded.down(given.data)
    if purge and given.data.exists():
        try:
            said = embedded.purge(given.data)
        except (RuntimeError, OSError) as error:
            raise Failure(str(error)) from error
        click.echo(f"{said}\n{given.data} is removed." if said else f"{given.data} is removed.")
    elif was:
        click.echo(
            "The suite has ended. Network services on this host go on; `mano up` finds them again, "
            "`mano down --purge` removes them."
        )
    else:
        click.echo("Nothing was running.")


@click.command()
@output.option
@data_option
@click.pass_context
def status(context: click.Context, form: str, data: pathlib.Path | None) -> None:
    """What runs, with which memory, and which operations have not ended. Exit code 3 if the suite
    does not answer."""
    from mano.cli.client import Client
    from mano.cli.failures import Unreachable
    from mano.suite import status as parts

    given = settings.read(os.environ, data or context.find_root().obj)
    found: dict[str, Any] = {
        "data": str(given.data),
        "parts": parts.parts(given.data),
        "operations": [],
        "answers": True,
    }
    try:
        found["operations"] = parts.operations(Client(given.data))
    except Unreachable:
        found["answers"] = False
    except Failure as failure:
        found["refused"] = failure.message
    _show(found, form)
    sys.exit(
        0
        if found["answers"] and "refused" not in found
        else REFUSED
        if found["answers"]
        else UNREACHABLE
    )


def _show(found: dict[str, Any], form: str) -> None:
    if form != "table":
        output.data(found, form)
        return
    output.rows(found["parts"], PARTS, form)
    if found["answers"] and "refused" not in found:
        click.echo("\nOperations that have not ended:")
        output.rows(found["operations"], OPERATIONS, form)
    else:
        click.echo(
            "\n"
            + found.get("refused", "The suite does not answer. Start it with `mano up --detach`.")
        )


def _memory(part: dict[str, Any]) -> str:
    return f"{part['memory'] / 2**20:.0f} MiB" if part.get("memory") else ""


def embedded_settings(data: pathlib.Path | None) -> settings.Settings:
    """The settings of a suite on this machine, credentials and host name included."""
    import dataclasses

    from mano.suite import credentials

    given = settings.read(os.environ, data)
    return credentials.complete(
        dataclasses.replace(given, host=given.host or socket.gethostname()), os.environ
    )


PARTS: list[output.Column] = [
    ("Part", "part"),
    ("State", "state"),
    ("Pid", "pid"),
    ("Memory", _memory),
    ("Where", "where"),
]
OPERATIONS: list[output.Column] = [
    ("Id", "id"),
    ("Of", "of"),
    ("Operation", "operation"),
    ("State", "state"),
    ("Since", "since"),
]
