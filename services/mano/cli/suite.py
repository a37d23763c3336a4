# SPDX-License-Identifier: Apache-2.0
"""`mano up`, `mano down`, `mano status`."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import pathlib
import socket
import sys
from typing import TYPE_CHECKING, TypedDict

import click

from mano.cli import output, parameters
from mano.cli.failures import REFUSED, UNREACHABLE, Failure, Unreachable
from mano.suite import settings
from mano.suite.settings import Settings

if TYPE_CHECKING:
    from mano.suite.status import Operation, Part

log = logging.getLogger(__name__)  # before it is set up, warnings go to the standard error output
data_option = click.option("--data", type=parameters.FOLDER, help="Data directory.")
PARTS: list[output.Column] = [
    ("Part", "part"),
    ("State", "state"),
    ("Pid", "pid"),
    ("Memory", lambda part: f"{part['memory'] / 2**20:.0f} MiB" if part["memory"] else ""),
    ("Where", "where"),
]
OPERATIONS: list[output.Column] = [
    ("Id", "id"),
    ("Of", "of"),
    ("Operation", "operation"),
    ("State", "state"),
    ("Since", "since"),
]


class Status(TypedDict, total=False):
    """What `mano status` shows."""

    data: str
    parts: list[Part]
    operations: list[Operation]
    answers: bool
    refused: str  # the suite's own words, if it refuses to say its operations


@click.command()
@click.option("--detach", "-d", is_flag=True, help="Return as soon as the suite answers.")
@click.option("--verbose", "-v", is_flag=True, help="Log details.")
@click.option("--log", type=click.Path(path_type=pathlib.Path), hidden=True)
@data_option
@click.pass_context
def up(
    context: click.Context,
    detach: bool,
    verbose: bool,
    log: pathlib.Path | None,
    data: pathlib.Path | None,
) -> None:
    """Start the embedded suite: every service, a PostgreSQL, and the agent of this host."""
    data = data or context.find_root().obj
    if detach:
        _start_in_background(data)
    else:
        _run(data, verbose, log)


def _start_in_background(data: pathlib.Path | None) -> None:
    from mano.suite import background

    try:
        record = background.start(embedded_settings(data).data)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    command = f"mano --data {data}" if data else "mano"
    click.echo(
        f"The suite runs: NFVO {record['nfvo']}, VNFM {record['vnfm']}. "
        f"See `{command} status`; end it with `{command} down`."
    )


def _run(data: pathlib.Path | None, verbose: bool, log: pathlib.Path | None) -> None:
    from mano.suite import logs, running
    from mano.suite import up as suite

    logs.set_up(verbose, log)
    try:
        suite.run(embedded_settings(data))
    except (running.Busy, RuntimeError, OSError) as error:
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
    from mano.suite import down as suite

    folder = settings.read(os.environ, data or context.find_root().obj).data
    if purge and not yes:
        click.confirm(
            f"Remove all network services of this host and everything in {folder}?", abort=True
        )
    was_running = suite.end(folder)
    if purge and folder.exists():
        _purge(folder)
    elif was_running:
        click.echo(
            "The suite has ended. Network services on this host go on; `mano up` finds them again, "
            "`mano down --purge` removes them."
        )
    else:
        click.echo("Nothing was running.")


def _purge(folder: pathlib.Path) -> None:
    from mano.suite import down as suite

    try:
        answer, others = suite.purge(folder)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    if answer:
        click.echo(answer)
    if others:
        click.echo(f"What was the suite's in {folder} is removed. Left is {', '.join(others)}.")
    else:
        click.echo(f"{folder} is removed.")


@click.command()
@output.option
@data_option
@click.pass_context
def status(context: click.Context, form: str, data: pathlib.Path | None) -> None:
    """What runs, with which memory, and which operations have not ended. Exit code 3 if the suite
    does not answer."""
    status = _look(settings.read(os.environ, data or context.find_root().obj).data)
    _show(status, form)
    if not status["answers"]:
        sys.exit(UNREACHABLE)
    if "refused" in status:
        sys.exit(REFUSED)


def _look(data: pathlib.Path) -> Status:
    from mano.cli.client import Client
    from mano.suite import status as suite

    status: Status = {
        "data": str(data),
        "parts": suite.parts(data),
        "operations": [],
        "answers": True,
    }
    try:
        with contextlib.closing(Client(data)) as client:
            status["operations"] = list(suite.operations(client))
    except Unreachable:
        status["answers"] = False
    except Failure as failure:
        status["refused"] = failure.message
    return status


def _show(status: Status, form: str) -> None:
    if form != "table":
        output.data(status, form)
        return
    output.rows(status["parts"], PARTS, form)
    if not status["answers"]:
        click.echo("\nThe suite does not answer. Start it with `mano up --detach`.")
    elif "refused" in status:
        click.echo(f"\n{status['refused']}")
    else:
        click.echo("\nOperations that have not ended:")
        output.rows(status["operations"], OPERATIONS, form)


def embedded_settings(data: pathlib.Path | None) -> Settings:
    """The same of an embedded suite, whose data directory is claimed before anything lies there.

    Where it takes signed packages only, it takes those that its operator has signed."""
    from mano.suite import data_folder, signing_key

    folder = settings.read(os.environ, data).data
    try:
        data_folder.claim(folder)
        suite = suite_settings(data)
        if suite.package_signatures != "require":
            return suite
        anchors = signing_key.anchors(folder, suite.trust_anchors)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    return dataclasses.replace(suite, trust_anchors=anchors)


def suite_settings(data: pathlib.Path | None, takes_requests: bool = True) -> Settings:
    """The settings of a suite on this machine, host name included, and the credentials, unless it
    is for a process that takes no requests: that gets none."""
    from mano.suite import credentials, misspelt

    read = settings.read(os.environ, data)
    for name, meant in misspelt.look(os.environ).items():
        log.warning("%s is no setting and is not heeded: is %s meant?", name, meant)
    try:
        complete = credentials.complete(read, os.environ) if takes_requests else read
    except credentials.Unreadable as error:
        raise Failure(str(error)) from error
    host = read.host or settings.host_name(socket.gethostname())
    return dataclasses.replace(complete, host=host)
