# SPDX-License-Identifier: Apache-2.0
"""`mano run`: one process of a distributed suite."""

from __future__ import annotations

import click

from mano.cli.failures import Failure
from mano.cli.suite import suite_settings


def _role(context: click.Context, parameter: click.Parameter, name: str) -> str:
    """One of the processes there can be with what is installed."""
    from mano.suite import distributed

    roles = distributed.roles()
    if name not in roles:
        raise click.BadParameter(f"{name!r} is none of {', '.join(sorted(roles))}")
    return name


@click.command()
@click.argument("process", callback=_role)
@click.option("--verbose", "-v", is_flag=True, help="Log details.")
@click.pass_context
def run(context: click.Context, process: str, verbose: bool) -> None:
    """Run one process of a suite whose database and broker are given by MANO_DATABASE_URL and
    MANO_BUS_URL.

    Any number of each may run, on any machine. Those that take requests need the same
    MANO_TOKEN_KEY; clients are given by MANO_CLIENT_ID and MANO_CLIENT_SECRET. Each of these may
    also be a file: MANO_TOKEN_KEY_FILE, and so on."""
    from mano.rest.server import PortTaken
    from mano.suite import distributed, logs, parts

    takes_requests = distributed.roles()[process].rest
    settings = suite_settings(context.find_root().obj, takes_requests)
    logs.set_up(verbose)

    try:
        distributed.run(process, settings)
    except (PortTaken, parts.NotInstalled, RuntimeError) as error:
        raise Failure(str(error)) from error
