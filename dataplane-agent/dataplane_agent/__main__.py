# SPDX-License-Identifier: Apache-2.0
"""The command line: `dataplane-agent run|plan|facts|sweep|exec`."""

import json
import os
import sys
from typing import Any

import click

from dataplane_agent import (
    agent,
    apply,
    bus,
    convergence,
    desired,
    facts,
    found,
    kernel,
    names,
    plan,
    rootless,
    runtimes,
    state,
)

STATE = click.option(
    "--state", "folder", required=True, type=click.Path(file_okay=False), help="State directory."
)
TAG = click.option(
    "--tag",
    help="4 hex digits in the names of all kernel objects; default: from the state directory.",
)
ROOTLESS = click.option(
    "--rootless",
    "how",
    type=click.Choice(["auto", "yes", "no"]),
    default="auto",
    help="Work in a user namespace of its own; auto: without root.",
)


@click.group()
def main() -> None:
    """The agent of a bare-metal NFVI host."""


@main.command()
@click.option(
    "--host", required=True, help="This host's name; the agent's address is agent.<host>."
)
@click.option(
    "--bus", "url", required=True, help="unix:///path/of/socket or amqp://user:password@host/vhost"
)
@STATE
@TAG
@click.option("--vim", default="vim-baremetal", help="Address of the bare-metal VIM.")
@ROOTLESS
def run(host: str, url: str, folder: str, tag: str | None, vim: str, how: str) -> None:
    """Converge this host to what the VIM desires, for ever."""
    folder, tag = _settle(folder, tag)
    _enter(folder, how)
    try:
        carrier = bus.connect(url, f"agent.{host}")
    except ValueError as e:
        raise click.UsageError(str(e)) from None
    if not state.lock(folder):
        raise click.ClickException(f"another agent runs with --state {folder}")
    agent.Agent(host, tag, folder, carrier, vim).run()


@main.command("plan")
@STATE
@TAG
@click.option(
    "--desired",
    "file",
    type=click.File(),
    required=True,
    help="A desired document (docs/ports.md, 4).",
)
@ROOTLESS
def show_plan(folder: str, tag: str | None, file: Any, how: str) -> None:
    """Print what would change; exit code 1 if anything would."""
    folder, tag = _settle(folder, tag)
    _enter(folder, how)
    host = _host(tag, folder)
    wanted, refused = desired.sift(json.load(file), host.features, set(runtimes.known()))
    actions = plan.plan(wanted, found.read(tag, folder), host)
    for resource, why in refused.items():
        click.echo(f"cannot: {resource}: {why}")
    for action in actions:
        click.echo(str(action))
    sys.exit(1 if actions or refused else 0)


@main.command("facts")
@STATE
@ROOTLESS
def show_facts(folder: str, how: str) -> None:
    """Print the facts of this host as JSON."""
    folder, _ = _settle(folder, None)
    _enter(folder, how)
    click.echo(json.dumps(facts.read(folder), indent=1))


@main.command()
@STATE
@TAG
@click.option("--delete", is_flag=True, help="Remove them; the agent must not be running.")
@ROOTLESS
def sweep(folder: str, tag: str | None, delete: bool, how: str) -> None:
    """List the kernel objects of an agent, orphans included; exit code 1 if there are any left."""
    folder, tag = _settle(folder, tag)
    _enter(folder, how, make=False)
    host = _host(tag, folder)
    before = found.read(tag, folder)
    if delete:
        tools = apply.Tools(tag, folder, host.features, {})
        outcome = convergence.converge({}, host, tools, before)
        left = outcome.rest
        for sentence in outcome.errors.values():
            click.echo(sentence, err=True)
    else:
        left = plan.plan({}, before, host)
    left = [a for a in left if a.tool != "unfile"]
    if delete and not left:
        rootless.release(folder)
    for action in left:
        click.echo(str(action))
    sys.exit(1 if left else 0)


@main.command("exec", context_settings={"ignore_unknown_options": True})
@STATE
@TAG
@ROOTLESS
@click.argument("resource")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(
    folder: str, tag: str | None, how: str, resource: str, command: tuple[str, ...]
) -> None:
    """Run a command inside the namespace of a compute or of a SAP's port, given by id or by the
    namespace's name."""
    folder, tag = _settle(folder, tag)
    _enter(folder, how, make=False)
    there = (
        [n for n in os.listdir(found.NETNS) if n.startswith(f"m{tag}n")]
        if os.path.isdir(found.NETNS)
        else []
    )
    name = resource if resource in there else names.space(tag, resource)
    if name not in there:
        raise click.ClickException(
            f"{resource} has no namespace on this host; there are: {' '.join(there) or 'none'}"
        )
    try:
        os.execvp("nsenter", ["nsenter", f"--net={found.NETNS}/{name}", "--", *command])
    except FileNotFoundError:
        raise click.ClickException(str(kernel.Missing("nsenter"))) from None


def _settle(folder: str, tag: str | None) -> tuple[str, str]:
    folder = os.path.realpath(folder)
    tag = tag or names.tag_of(folder)
    if not names.TAG.match(tag):
        raise click.UsageError(f"--tag {tag!r} is not 4 hex digits")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder, tag


def _enter(folder: str, how: str, make: bool = True) -> None:
    try:
        rootless.enter(folder, sys.argv, how, make)
    except kernel.Failed as e:
        raise click.ClickException(str(e)) from None


def _host(tag: str, folder: str) -> plan.Host:
    known = facts.read(folder)
    return plan.Host(tag, tuple(c["id"] for c in known["cpus"]), known["features"])


if __name__ == "__main__":
    main(prog_name="dataplane-agent")
