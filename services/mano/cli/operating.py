# SPDX-License-Identifier: Apache-2.0
"""An operation on an instance, begun by a command, and waited for if that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mano.cli import hosts, output, progress

if TYPE_CHECKING:
    from mano.cli.client import Client, Document
    from mano.cli.resource import Resource

wait_option = click.option(
    "--wait/--no-wait", default=False, show_default=True, help="Wait until the operation has ended."
)


def operate(
    client: Client,
    instances: Resource,
    name: str,
    task: str,
    body: Document,
    wait: bool,
    form: str,
) -> None:
    """Begins the operation and prints its occurrence, with `wait` as it has ended."""
    answer = instances.call(client, "POST", name, f"/{task}", json=body)
    side = instances.command  # "ns", "vnf"
    occurrence = f"/{side}_lcm_op_occs/{client.id_in_location(answer)}"
    if wait:
        hosts.warn_of_paused(client)
        output.one(progress.operation(client, instances.api, occurrence, f"{task} {name}"), form)
    else:
        output.one(client.get(instances.api, occurrence), form)
