# SPDX-License-Identifier: Apache-2.0
"""What a command prints: a table for people, JSON or YAML for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Row = Mapping[str, Any]
# What a column shows of a document: what is at a dotted path, or a function of it.
Source = str | Callable[[Row], object]
Column = tuple[str, Source]  # header, source

option = click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["table", "json", "yaml"]),
    default="table",
    show_default=True,
    help="How to print; a single thing is no table, but YAML.",
)
GOOD = ("COMPLETED", "INSTANTIATED", "ONBOARDED", "ENABLED", "STARTED", "ACTIVE", "running")
BAD = ("FAILED", "FAILED_TEMP", "ERROR", "UNREACHABLE", "not running")
COLOURS = {**dict.fromkeys(GOOD, "green"), **dict.fromkeys(BAD, "red")}


def rows(documents: Sequence[Row], columns: Sequence[Column], form: str) -> None:
    """Prints a collection."""
    if form != "table":
        data(list(documents), form)
        return
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for header, _ in columns:
        table.add_column(header, overflow="fold")
    for document in documents:
        table.add_row(*(_cell(look(document, source)) for _, source in columns))
    console().print(table)
    if not documents:
        console().print("[dim]none[/]")


def one(document: Row, form: str) -> None:
    """Prints one document; for people as YAML, which has room for everything."""
    if form == "table":
        from rich.syntax import Syntax

        text = Syntax(
            _yaml(document),
            "yaml",
            theme="ansi_dark",
            background_color="default",
            word_wrap=True,
        )
        console().print(text)
    else:
        data(document, form)


def data(value: object, form: str) -> None:
    """Prints for programs."""
    as_json = form == "json"
    text = json.dumps(value, indent=2, ensure_ascii=False) if as_json else _yaml(value).rstrip()
    click.echo(text)


def console() -> Console:
    """Where to print for people; wide enough not to break what a pipe reads."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    plain = bool(os.environ.get("NO_COLOR"))  # no bold either
    return Console(highlight=False, width=width, color_system=None if plain else "auto")


def look(document: Row, source: Source) -> object:
    """What a column shows of a document."""
    if callable(source):
        return source(document)
    at: object = document
    for name in source.split("."):
        at = at.get(name) if isinstance(at, dict) else None
    return at


def visible(text: str) -> str:
    """A text without what would move the cursor or change the terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _cell(value: object) -> Text:
    from rich.text import Text

    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = visible(text)
    return Text("" if value is None else text, style=COLOURS.get(text, ""))


def _yaml(value: object) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines, such as certificates, line by line."""

    def lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, lines)
    written: str = yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)
    return written
