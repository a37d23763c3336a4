# SPDX-License-Identifier: Apache-2.0
"""`--request FILE`: what is sent beside the usual."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from mano.cli.client import Document


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
