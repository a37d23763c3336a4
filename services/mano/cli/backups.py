# SPDX-License-Identifier: Apache-2.0
"""`mano backup` and `mano restore`."""

from __future__ import annotations

import os
import pathlib
import shlex

import click

from mano.cli import parameters
from mano.cli.failures import Failure
from mano.suite import settings

MIB = 2**20


@click.command()
@click.argument("file", type=parameters.FILE)
@click.pass_context
def backup(context: click.Context, file: pathlib.Path) -> None:
    """Write all that is stored to FILE, whether the suite runs or not.

    A file that is there is replaced when all is written. Guard it: who can change it can do so
    unseen."""
    from descriptors import outputs
    from mano.suite import backup as database

    if str(file) == "-":
        raise click.UsageError("a backup is written to a file: name it (./- for one called -)")
    suite = settings.read(os.environ, context.find_root().obj)
    try:
        with outputs.replacing(file) as partial:
            size = database.backup(suite, partial)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    name = shlex.quote(f"./{file}" if str(file).startswith("-") else str(file))
    click.echo(f"{file}: {size / MIB:.1f} MiB. `mano restore {name}` brings it back.")


@click.command()
@click.argument("file", type=parameters.FILE_THAT_IS)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_context
def restore(context: click.Context, file: pathlib.Path, yes: bool) -> None:
    """Replace all that is stored by what FILE holds. The embedded suite must be down, the workers
    of another stopped."""
    from mano.suite import backup as database

    suite = settings.read(os.environ, context.find_root().obj)
    if not yes:
        where = suite.database_url.rpartition("@")[2] or suite.data
        click.confirm(f"Replace everything in {where} by {file}?", abort=True)
    try:
        database.restore(suite, file)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    click.echo(
        "Restored. Start the suite: `mano up --detach`. If the one that was backed up still runs "
        "elsewhere, end it first: both would care for the same network services."
    )
