# SPDX-License-Identifier: Apache-2.0
"""`rules` on the command line."""

from __future__ import annotations

import click

from descriptors import rules


@click.command(name="rules")
def list_rules() -> None:
    """Print all rules as a page."""
    click.echo(rules.page(), nl=False)
