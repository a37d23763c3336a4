# SPDX-License-Identifier: Apache-2.0
"""`--param key=value` and `--request FILE`: what is sent beside the usual."""

from __future__ import annotations

import json
from typing import Any

import click


def _read(context: click.Context, parameter: click.Parameter, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    import yaml

    try:
        found = yaml.safe_load(value.read())
    except yaml.YAMLError as error:
        raise click.BadParameter(f"{value.name} is neither JSON nor YAML: {error}") from error
    if not isinstance(found, dict):
        raise click.BadParameter(f"{value.name} holds no JSON object")
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]


option = click.option(
    "--request",
    "given",
    type=click.File(),
    callback=_read,
    help="File (JSON or YAML, - for standard input) "
    "with further attributes of the request, as in SOL005.",
)
