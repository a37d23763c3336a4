# SPDX-License-Identifier: Apache-2.0
"""`mano ns`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mano.cli import (
    ns_descriptors,
    operating,
    output,
    parameters,
    resource,
    terminating,
)
from mano.cli.group import connect

if TYPE_CHECKING:
    from mano.cli.client import Document

INSTANCES = resource.Resource(
    command="ns",
    api="nslcm",
    path="/ns_instances",
    names=("nsInstanceName",),
    query={"all_fields": ""},
    columns=[
        ("Id", "id"),
        ("Name", "nsInstanceName"),
        ("NSD", "nsdId"),
        ("State", "nsState"),
        ("VNFs", lambda ns: len(ns.get("vnfInstance") or ns.get("vnfInstanceId") or [])),
    ],
)
group = resource.group(
    INSTANCES,
    "Network service instances (SOL005 clause 6).",
    many="the instances",
    one="an instance",
    argument="NS",
)


@group.command()
@click.argument("nsd")
@click.argument("name")
@click.option("--description", default="", help="For people.")
@output.option
@click.pass_context
def create(context: click.Context, nsd: str, name: str, description: str, form: str) -> None:
    """Make an instance of an NSD; nothing runs yet."""
    client = connect(context)
    descriptor = ns_descriptors.DESCRIPTORS.get(client, nsd)
    ns = {"nsdId": descriptor["nsdId"], "nsName": name, "nsDescription": description}
    output.one(client.post(INSTANCES.api, INSTANCES.path, ns), form)


@group.command()
@click.argument("ns")
@click.option("--flavour", default="default", show_default=True, help="nsFlavourId of the NSD.")
@parameters.option
@operating.wait_option
@output.option
@click.pass_context
def instantiate(
    context: click.Context, ns: str, flavour: str, request: Document, wait: bool, form: str
) -> None:
    """Make it run."""
    body = {"nsFlavourId": flavour, **request}
    operating.operate(connect(context), INSTANCES, ns, "instantiate", body, wait, form)


terminating.Ending(
    INSTANCES,
    body=lambda parameters: (
        {"terminateNsData": {"additionalParamsforNs": parameters}} if parameters else {}
    ),
    argument="NS",
).add_to(group)


@group.command()
@click.argument("ns")
@output.option
@click.pass_context
def tree(context: click.Context, ns: str, form: str) -> None:
    """Show what runs where, as a tree.

    NS, VNFs, VNFCs, their namespaces, addresses and links, and the counters of the paths.
    """
    from mano.cli import tree as picture

    client = connect(context)
    service = picture.gather(client, INSTANCES.id_of(client, ns))
    if form == "table":
        output.console().print(picture.draw(service))
    else:
        output.data(service, form)
