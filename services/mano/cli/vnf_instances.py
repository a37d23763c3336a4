# SPDX-License-Identifier: Apache-2.0
"""`mano vnf`."""

from __future__ import annotations

import click

from mano.cli import operating, output, resource, terminating
from mano.cli.group import connect

INSTANCES = resource.Resource(
    command="vnf",
    api="vnflcm",
    path="/vnf_instances",
    names=("vnfInstanceName",),
    query={"all_fields": ""},
    columns=[
        ("Id", "id"),
        ("Name", "vnfInstanceName"),
        ("Product", "vnfProductName"),
        ("VNFD", "vnfdId"),
        ("State", "instantiationState"),
        ("VNF state", "instantiatedVnfInfo.vnfState"),
    ],
)
group = resource.group(
    INSTANCES,
    "VNF instances, as the VNFM has them (SOL003 clause 5).",
    many="the instances",
    one="an instance",
    argument="VNF",
)
terminating.Ending(
    INSTANCES,
    body=lambda parameters: {"terminationType": "FORCEFUL", "additionalParams": parameters},
    argument="VNF",
).add_to(group)


@group.command()
@click.argument("vnf")
@click.argument("aspect")
@click.argument("steps", type=click.INT)
@operating.wait_option
@output.option
@click.pass_context
def scale(context: click.Context, vnf: str, aspect: str, steps: int, wait: bool, form: str) -> None:
    """Scale an aspect of it by steps: 1 out, -1 in (after --)."""
    if not steps:
        raise click.UsageError("0 steps are none: take 1 to scale out, or -- -1 to scale in")
    type = "SCALE_OUT" if steps > 0 else "SCALE_IN"
    body = {"type": type, "aspectId": aspect, "numberOfSteps": abs(steps)}
    operating.operate(connect(context), INSTANCES, vnf, "scale", body, wait, form)


@group.command()
@click.argument("vnf")
@click.option("--vnfc", multiple=True, help="Replace this one, whether it is broken or not.")
@click.option("--cause", default="", help="For people.")
@operating.wait_option
@output.option
@click.pass_context
def heal(
    context: click.Context, vnf: str, vnfc: tuple[str, ...], cause: str, wait: bool, form: str
) -> None:
    """Replace what is broken of it; ids, ports and addresses stay."""
    body = {"vnfcInstanceId": list(vnfc), "cause": cause}
    body = {name: value for name, value in body.items() if value}
    operating.operate(connect(context), INSTANCES, vnf, "heal", body, wait, form)
