# SPDX-License-Identifier: Apache-2.0
"""`mano ns`."""

from __future__ import annotations

from typing import Any

import click

from mano.cli import lookup, ns_descriptors, output, parameters, progress
from mano.cli.client import Client
from mano.cli.group import client

COLUMNS: list[output.Column] = [
    ("Id", "id"),
    ("Name", "nsInstanceName"),
    ("NSD", "nsdId"),
    ("State", "nsState"),
    ("VNFs", lambda ns: len(ns.get("vnfInstance") or ns.get("vnfInstanceId") or [])),
]
wait_option = click.option(
    "--wait/--no-wait", default=False, show_default=True, help="Wait until the operation has ended."
)


@click.group()
def group() -> None:
    """Network service instances (SOL005 clause 6)."""


@group.command("list")
@output.option
@click.pass_context
def list_(context: click.Context, form: str) -> None:
    """List the instances."""
    output.rows(client(context).list("nslcm", "/ns_instances", all_fields=""), COLUMNS, form)


@group.command()
@click.argument("ns")
@output.option
@click.pass_context
def show(context: click.Context, ns: str, form: str) -> None:
    """Show an instance."""
    rest = client(context)
    output.one(rest.get("nslcm", f"/ns_instances/{find(rest, ns)}"), form)


@group.command()
@click.argument("nsd")
@click.argument("name")
@click.option("--description", default="", help="For people.")
@output.option
@click.pass_context
def create(context: click.Context, nsd: str, name: str, description: str, form: str) -> None:
    """Make an instance of an NSD; nothing runs yet."""
    rest = client(context)
    info = rest.get("nsd", f"/ns_descriptors/{ns_descriptors.find(rest, nsd)}")
    body = {"nsdId": info["nsdId"], "nsName": name, "nsDescription": description}
    output.one(rest.call("POST", "nslcm", "/ns_instances", json=body).json(), form)


@group.command()
@click.argument("ns")
@click.option("--flavour", default="default", show_default=True, help="nsFlavourId of the NSD.")
@parameters.option
@wait_option
@output.option
@click.pass_context
def instantiate(
    context: click.Context, ns: str, flavour: str, given: dict[str, Any], wait: bool, form: str
) -> None:
    """Make it run."""
    _operate(client(context), ns, "instantiate", {"nsFlavourId": flavour, **given}, wait, form)


@group.command()
@click.argument("ns")
@wait_option
@output.option
@click.pass_context
def terminate(context: click.Context, ns: str, wait: bool, form: str) -> None:
    """End it and free its resources."""
    _operate(client(context), ns, "terminate", {}, wait, form)


@group.command()
@click.argument("ns")
@click.pass_context
def delete(context: click.Context, ns: str) -> None:
    """Delete an instance that does not run."""
    rest = client(context)
    rest.call("DELETE", "nslcm", f"/ns_instances/{find(rest, ns)}")


@group.command()
@click.argument("ns")
@output.option
@click.pass_context
def tree(context: click.Context, ns: str, form: str) -> None:
    """Show what runs where: NS, VNFs, VNFCs, their namespaces, addresses and links, and the
    counters of the paths."""
    from mano.cli import tree as picture

    rest = client(context)
    found = picture.gather(rest, find(rest, ns))
    if form == "table":
        output.console().print(picture.draw(found))
    else:
        output.data(found, form)


def find(rest: Client, ns: str) -> str:
    """The id of an instance given by id or name."""
    return lookup.id_of(rest, "nslcm", "ns_instances", ns, ("nsInstanceName",))


def _operate(
    rest: Client, ns: str, operation: str, body: dict[str, Any], wait: bool, form: str
) -> None:
    reply = rest.call("POST", "nslcm", f"/ns_instances/{find(rest, ns)}/{operation}", json=body)
    path = f"/ns_lcm_op_occs/{rest.follow(reply)}"
    output.one(
        progress.operation(rest, "nslcm", path, f"{operation} {ns}")
        if wait
        else rest.get("nslcm", path),
        form,
    )
