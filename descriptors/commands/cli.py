# SPDX-License-Identifier: Apache-2.0
"""The command line of the toolchain: `mano-package`, `mano package` and `python -m descriptors` are this group."""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from descriptors import rules
from descriptors.commands import given, linting, making, trusting, viewing

samples = given.samples


class Commands(click.Group):
    """What the machine refuses is said in a sentence, once for all commands."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise                               # click ends quietly
        except OSError as error:
            raise click.ClickException(f"{error.filename}: {(error.strerror or str(error)).lower()}"
                                       if error.filename else str(error.strerror or error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def group() -> None:
    """Make, check, show, compare and sign VNF, NS and PNF packages (SOL001, SOL004, SOL007). Needs no service.

    Exit codes: 0 fine, 1 errors were found, 2 wrong use.
    """


@group.command()
@click.argument("paths", nargs=-1, required=True, type=given.existing)
@click.option("--format", "format_", type=click.Choice(linting.FORMATS), default="text",
              help="How the findings are written.")
@click.option("-W", "switches", multiple=True, metavar="RULE|no-RULE",
              help="Only this rule, or all but this; also a group, such as csar. Repeatable.")
def lint(paths: tuple[Path, ...], format_: str, switches: tuple[str, ...]) -> None:
    """Report everything that is wrong with packages, folders or YAML files; docs/rules.md lists what that can be."""
    only, off = linting.switches(switches)
    try:
        findings = linting.lint(paths, only=only, off=off)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(linting.render(findings, format_), nl=False)
    sys.exit(linting.exit_code(findings))


@group.command(name="rules")
def list_rules() -> None:
    """Print all rules as a page."""
    click.echo(rules.page(), nl=False)


for command in (making.init, making.build, viewing.show, viewing.diff, trusting.sign, trusting.verify):
    group.add_command(command)
