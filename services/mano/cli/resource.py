# SPDX-License-Identifier: Apache-2.0
"""A collection of an API as the command line shows it: `list`, `show`, and ids given by name."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from mano.cli import output
from mano.cli.failures import Failure, NotThere
from mano.cli.group import connect

if TYPE_CHECKING:
    import httpx

    from mano.cli.client import Client, Document

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Resource:
    """A collection: where it is, what a table of it shows, and how one of it may be named."""

    command: str  # the command of `mano` that is about it
    api: str
    path: str
    columns: Sequence[output.Column]
    names: tuple[str, ...] = ()  # attributes by which one may be given instead of by its id
    query: Mapping[str, str] = field(default_factory=dict)  # so that a list has all its columns

    def id_of(self, client: Client, name: str) -> str:
        """The id of the one that has this id or name; Failure if none or several have it."""
        if not self.names or UUID.match(name):
            return name
        quoted = "'" + name.replace("'", "''") + "'"
        ids: dict[str, None] = {}
        for attribute in self.names:
            matches = client.list(self.api, self.path, filter=f"(eq,{attribute},{quoted})")
            ids.update(dict.fromkeys(document["id"] for document in matches))
        if not ids:
            raise self._unknown(name)
        if len(ids) > 1:
            raise Failure(
                f"{len(ids)} of the {self._noun} are called {name!r}: "
                f"give one of the ids {', '.join(ids)}"
            )
        return next(iter(ids))

    def path_of(self, client: Client, name: str) -> str:
        """The path of the one that has this id or name."""
        return f"{self.path}/{segment(self.id_of(client, name))}"

    def get(self, client: Client, name: str) -> Document:
        """The one that has this id or name; Failure, with how to list them, if there is none."""
        return self.call(client, "GET", name).json()  # type: ignore[no-any-return]

    def call(
        self, client: Client, method: str, name: str, below: str = "", **options: Any
    ) -> httpx.Response:
        """A request for the one that has this id or name, or for what is below it."""
        try:
            return client.call(method, self.api, self.path_of(client, name) + below, **options)
        except NotThere as failure:
            raise self._unknown(name) from failure

    @property
    def _noun(self) -> str:
        return self.path.strip("/").replace("_", " ")

    def _unknown(self, name: str) -> Failure:
        by = "id or name" if self.names else "id"
        return Failure(
            f"none of the {self._noun} has the {by} {name!r}: "
            f"list them with `mano {self.command} list`"
        )

    def show_list(self, client: Client, form: str, **query: str) -> None:
        """Prints the collection, or what of it a query selects."""
        output.rows(client.list(self.api, self.path, **self.query, **query), self.columns, form)


def group(resource: Resource, about: str, *, many: str, one: str, argument: str) -> click.Group:
    """The command group of a resource with `list` and `show`; `many`, `one` for their help."""
    commands = click.Group(resource.command, help=about)

    @commands.command("list", help=f"List {many}.")
    @output.option
    @click.pass_context
    def list_(context: click.Context, form: str) -> None:
        resource.show_list(connect(context), form)

    @commands.command("show", help=f"Show {one}.")
    @click.argument("name", metavar=argument)
    @output.option
    @click.pass_context
    def show(context: click.Context, name: str, form: str) -> None:
        output.one(resource.get(connect(context), name), form)

    return commands


def segment(id: str) -> str:
    """An id as one segment of a path, whatever is in it. Failure where no URL can carry it."""
    if not id.strip("."):
        raise Failure(f"{id!r} is no id")
    return urllib.parse.quote(id, safe="")
