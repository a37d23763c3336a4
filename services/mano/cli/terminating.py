# SPDX-License-Identifier: Apache-2.0
"""The end of NS and VNF instances: `terminate`, also as the last resort, and `delete`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mano.cli import operating, output
from mano.cli.group import connect
from mano.cli.resource import Resource

if TYPE_CHECKING:
    from mano.cli.client import Document


@dataclass(frozen=True)
class Ending:
    """How the instances of one side are ended; `body` makes the request of parameters."""

    instances: Resource
    body: Callable[[Document], Document]
    argument: str

    def add_to(self, group: click.Group) -> None:
        """The commands `terminate` and `delete`."""
        group.add_command(self._terminate())
        group.add_command(self._delete())

    def _terminate(self) -> click.Command:
        @click.command(help="End it and free its resources.")
        @click.argument("name", metavar=self.argument)
        @click.option(
            "--force",
            is_flag=True,
            help="The last resort: give up whatever runs on it, and go on where VIM or VNFM refuse "
            "or are silent; says what was not confirmed.",
        )
        @click.option(
            "--patience",
            type=click.FloatRange(min=0.1, max=600),
            help="With --force: seconds to wait for each answer.  [default: 30]",
        )
        @operating.wait_option
        @output.option
        @click.pass_context
        def terminate(
            context: click.Context,
            name: str,
            force: bool,
            patience: float | None,
            wait: bool,
            form: str,
        ) -> None:
            if patience and not force:
                raise click.UsageError("--patience is for --force")
            parameters: Document = {"force": True} if force else {}
            if patience:
                parameters["patience"] = patience
            body = self.body(parameters)
            operating.operate(connect(context), self.instances, name, "terminate", body, wait, form)

        return terminate

    def _delete(self) -> click.Command:
        @click.command(help="Delete an instance that does not run.")
        @click.argument("name", metavar=self.argument)
        @click.pass_context
        def delete(context: click.Context, name: str) -> None:
            self.instances.call(connect(context), "DELETE", name)

        return delete
