# SPDX-License-Identifier: Apache-2.0
"""The command line of the toolchain.

`mano-package`, `mano package` and `python -m descriptors` are this group."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import click

from descriptors import commands
from descriptors.commands import build, diff, encoding, init, lint, rules, show, sign, verify

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """What the machine refuses is said in a sentence; any locale will do."""
    encoding.allow_any()
    try:
        yield
    except BrokenPipeError:
        raise  # click ends quietly
    except OSError as error:
        raise click.ClickException(_sentence(error)) from error


class Commands(click.Group):
    """Commands that say so, once for all."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command."""
        with sentences():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings=_SETTINGS)
@click.version_option(commands.version() or "not installed", message="mano-package %(version)s")
def group() -> None:
    """Make, check, show, compare and sign VNF, NS and PNF packages (SOL001, SOL004, SOL007). Needs
    no service.

    Exit codes: 0 fine, 1 errors were found, 2 wrong use.
    """


def _sentence(error: OSError) -> str:
    if not error.filename:
        return str(error.strerror or error)
    return f"{error.filename}: {(error.strerror or str(error)).lower()}"


for command in (
    init.init,
    build.build,
    lint.lint,
    rules.list_rules,
    show.show,
    diff.diff,
    sign.sign,
    verify.verify,
):
    group.add_command(command)
