# SPDX-License-Identifier: Apache-2.0
"""`mano package`: the toolchain's own commands."""

from __future__ import annotations

import click

from mano.cli.failures import Failure


class Toolchain(click.Group):
    """Shows the commands of `descriptors.commands.cli`, and loads them when they are used."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of the toolchain's commands."""
        return _load().list_commands(context)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """A command of the toolchain."""
        return _load().get_command(context, name)

    def invoke(self, context: click.Context) -> object:
        """Runs a command as the toolchain does by itself."""
        _load()
        from descriptors.commands import cli

        with cli.sentences():
            return super().invoke(context)


def _load() -> click.Group:
    try:
        from descriptors.commands import cli
    except ImportError as error:
        raise Failure(
            f"the toolchain is not installed ({error}): pip install mano-descriptors"
        ) from error
    return cli.group


group = Toolchain(
    "package",
    help="Make, check, show, compare and sign VNF, NS and PNF packages. Needs no running suite.",
)
