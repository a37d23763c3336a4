# SPDX-License-Identifier: Apache-2.0
"""The command line of the toolchain: `mano-package`, `mano package` and `python -m descriptors` are
this group."""

from __future__ import annotations

from typing import Any

import click

from descriptors import commands
from descriptors.commands import checking, given, making, plain, trusting, viewing

samples = given.samples


class Commands(click.Group):
    """What the machine refuses is said in a sentence, once for all commands."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # click ends quietly
        except OSError as error:
            raise click.ClickException(
                f"{error.filename}: {(error.strerror or str(error)).lower()}"
                if error.filename
                else str(error.strerror or error)
            ) from error


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}
)
@click.version_option(commands.version() or "not installed", message="mano-package %(version)s")
def group() -> None:
    """Make, check, show, compare and sign VNF, NS and PNF packages (SOL001, SOL004, SOL007). Needs
    no service.

    Exit codes: 0 fine, 1 errors were found, 2 wrong use.
    """
    plain.allow()


for command in (
    making.init,
    making.build,
    checking.lint,
    checking.list_rules,
    viewing.show,
    viewing.diff,
    trusting.sign,
    trusting.verify,
):
    group.add_command(command)
