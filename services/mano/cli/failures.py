# SPDX-License-Identifier: Apache-2.0
"""How a command ends: exit codes that scripts can use, and errors that say what to do."""

from __future__ import annotations

import click

REFUSED, USAGE, UNREACHABLE = 1, 2, 3


class Failure(click.ClickException):
    """What a command was asked was refused or has failed."""

    exit_code = REFUSED

    def show(self, file: object = None) -> None:
        """Prints the reason to the standard error output."""
        click.echo(f"mano: {self.message}", err=True)


class NotThere(Failure):
    """There is nothing at a path of the API."""


class Unreachable(Failure):
    """The suite does not answer."""

    exit_code = UNREACHABLE
