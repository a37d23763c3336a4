# SPDX-License-Identifier: Apache-2.0
"""Arguments of many commands: folders, files, and `--request FILE`, what is sent beside the
usual."""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from mano.cli.client import Document


class Path(click.Path):
    """A path; an empty one, as an unset variable of a script gives it, is none."""

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """The path. Wrong usage where it is empty."""
        if not str(value).strip():
            self.fail("it is empty: is a variable not set?", parameter, context)
        return super().convert(value, parameter, context)


FOLDER = Path(file_okay=False, path_type=pathlib.Path)
FILE = Path(dir_okay=False, path_type=pathlib.Path)
FILE_THAT_IS = Path(exists=True, dir_okay=False, path_type=pathlib.Path)


def _read(context: click.Context, parameter: click.Parameter, file: TextIO | None) -> Document:
    if file is None:
        return {}
    import yaml

    try:
        request = yaml.safe_load(file.read())
    except yaml.YAMLError as error:
        raise click.BadParameter(f"{file.name} is neither JSON nor YAML: {error}") from error
    if not isinstance(request, dict):
        raise click.BadParameter(f"{file.name} holds no JSON object")
    plain: Document = json.loads(json.dumps(request, default=str))  # YAML's dates, for one
    return plain


option = click.option(
    "--request",
    type=click.File(),
    callback=_read,
    help="File (JSON or YAML, - for standard input) "
    "with further attributes of the request, as in SOL005.",
)
