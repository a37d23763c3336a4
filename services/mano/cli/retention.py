# SPDX-License-Identifier: Apache-2.0
"""`mano prune`."""

from __future__ import annotations

import os

import click

from mano.cli import output
from mano.cli.failures import Failure
from mano.suite import settings

COLUMNS: list[output.Column] = [
    ("Service", "service"),
    ("Kind", "kind"),
    ("Rows", "rows"),
    ("Kept for", lambda kept: f"{kept['seconds'] / 3600:g} h"),
    ("What it is", "what"),
]


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count; forget nothing.")
@output.option
@click.pass_context
def prune(context: click.Context, dry_run: bool, form: str) -> None:
    """Forget what is done with and old, in the database of this suite, whether it runs or not.

    The services do so by themselves every few minutes. How long things are kept is set by
    MANO_RETENTION_HISTORY and MANO_RETENTION_MESSAGES, in seconds; of a distributed suite it needs
    MANO_DATABASE_URL."""
    from mano.store import Unavailable
    from mano.suite import pruning

    suite = settings.read(os.environ, context.find_root().obj)
    try:
        kept = pruning.prune(suite, dry_run)
    except (RuntimeError, Unavailable, OSError) as error:
        raise Failure(str(error)) from error
    columns = [*COLUMNS]
    columns.insert(3, ("Old" if dry_run else "Forgotten", "old"))
    output.rows(kept, columns, form)
