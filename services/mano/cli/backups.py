# SPDX-License-Identifier: Apache-2.0
"""`mano backup` and `mano restore`."""

from __future__ import annotations

import os
import pathlib

import click

from mano.cli.failures import Failure
from mano.suite import settings

MIB = 2**20


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=pathlib.Path))
@click.pass_context
def backup(context: click.Context, file: pathlib.Path) -> None:
    """Write all that is stored to FILE, whether the suite runs or not."""
    from mano.suite import backup as database

    try:
        size = database.backup(settings.read(os.environ, context.find_root().obj), file)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    click.echo(f"{file}: {size / MIB:.1f} MiB. `mano restore {file}` brings it back.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
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
    click.echo("Restored. Start the suite: `mano up --detach`.")
