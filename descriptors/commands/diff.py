# SPDX-License-Identifier: Apache-2.0
"""`diff` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from descriptors.commands import reader, targets
from descriptors.package import Package


@click.command()
@click.argument("before", type=targets.existing)
@click.argument("after", type=targets.existing)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How it is written.",
)
def diff(before: Path, after: Path, format_: str) -> None:
    """Show what instances meet that go from BEFORE to AFTER. Both are packages of one kind."""
    from descriptors import comparing
    from descriptors.commands import difference_text

    old, new = reader.read_all(before, after)
    _check_kinds({before: old, after: new})
    difference = comparing.packages(old, new)
    if format_ == "json":
        click.echo(json.dumps(difference.to_dict(), indent=2))
    else:
        click.echo(difference_text.render(difference), nl=False)


def _check_kinds(packages: dict[Path, Package]) -> None:
    kinds = {str(package.kind) for package in packages.values()}
    if len(kinds) > 1:
        names = " and ".join(
            f"{path} is a {targets.KINDS[str(package.kind)]}" for path, package in packages.items()
        )
        raise click.UsageError(f"{names}: only packages of one kind can be compared")
    if kinds == {"pnf"}:
        raise click.UsageError(
            "PNF packages cannot be compared: nothing runs that would go from one to the other"
        )
