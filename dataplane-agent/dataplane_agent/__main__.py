# SPDX-License-Identifier: Apache-2.0
"""The command line: `dataplane-agent run|plan|facts|sweep|exec`."""

import json
import os
import sys
from typing import Any

import click

from dataplane_agent import (
    agent,
    bus,
    convergence,
    desired,
    facts,
    found,
    identity,
    interconnects,
    kernel,
    names,
    namespaces,
    plan,
    rootless,
    state,
)
from dataplane_agent.apply import Toolbox

STATE = click.option(
    "--state", "folder", required=True, type=click.Path(file_okay=False), help="State directory."
)
TAG = click.option(
    "--tag",
    help="Bears all kernel objects: 7 letters and digits; default: the agent's own, made once.",
)
ROOTLESS = click.option(
    "--rootless",
    "how",
    type=click.Choice(["auto", "yes", "no"]),
    default="auto",
    help="Work in a user namespace of its own; auto: without root.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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
    given = tag
    folder, _ = _settle(folder, tag, make=True)
    _enter(folder, how)
    try:
        carrier = bus.connect(url, f"agent.{host}")
    except ValueError as e:
        raise click.UsageError(str(e)) from None
    if not state.lock(folder):
        raise click.ClickException(f"another agent runs with --state {folder}")
    try:
        tag = identity.take(folder, given)
    except ValueError as e:
        raise click.ClickException(str(e)) from None
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
    host = agent.make_host(tag, folder)
    possible, reasons = desired.sift(_document(file), host)
    actions = plan.plan(possible, found.read(host, folder), host)
    for resource, reason in reasons.items():
        click.echo(f"cannot: {resource}: {reason}")
    for action in actions:
        click.echo(str(action))
    sys.exit(1 if actions or reasons else 0)


@main.command("facts")
@STATE
@ROOTLESS
def show_facts(folder: str, how: str) -> None:
    """Print the facts of this host as JSON."""
    folder, _ = _settle(folder, None)
    _enter(folder, how)
    click.echo(
        json.dumps(facts.read(folder, interconnects.probes(interconnects.known())), indent=1)
    )


@main.command()
@STATE
@TAG
@click.option("--delete", is_flag=True, help="Remove them; the agent must not be running.")
@ROOTLESS
def sweep(folder: str, tag: str | None, delete: bool, how: str) -> None:
    """List the kernel objects of an agent, orphans included; exit code 1 if there are any left."""
    folder, tag = _settle(folder, tag)
    _enter(folder, how, make=False)
    if delete and not state.lock(folder):
        raise click.ClickException(
            f"an agent runs with --state {folder} and makes again what is removed: end it first"
        )
    host = agent.make_host(tag, folder)
    before = found.read(host, folder)
    if delete:
        outcome = convergence.converge({}, Toolbox(host, folder), before)
        rest = outcome.rest
        for sentence in outcome.errors.values():
            click.echo(sentence, err=True)
    else:
        rest = plan.plan({}, before, host)
    rest = [action for action in rest if action.tool != "unfile"]
    if delete and not rest:
        rootless.release(folder)
    for action in rest:
        click.echo(str(action))
    sys.exit(1 if rest else 0)


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
    spaces = namespaces.listed(tag)
    name = resource if resource in spaces else names.space(tag, resource)
    if name not in spaces:
        listing = " ".join(spaces) or "none"
        raise click.ClickException(
            f"{resource} has no namespace on this host; there are: {listing}"
        )
    try:
        os.execvp("nsenter", ["nsenter", f"--net={namespaces.NETNS}/{name}", "--", *command])
    except FileNotFoundError:
        raise click.ClickException(str(kernel.MissingProgram("nsenter"))) from None


def _document(file: Any) -> Any:
    try:
        document = json.load(file)
    except ValueError as e:
        raise click.UsageError(f"--desired {file.name} is no JSON: {e}") from None
    if not desired.wellformed(document):
        raise click.UsageError(f"--desired {file.name} is no desired document (docs/ports.md, 4)")
    return document


def _settle(folder: str, tag: str | None, make: bool = False) -> tuple[str, str]:
    """The state directory, which only `run` makes, and the tag."""
    if not folder or not (make or os.path.isdir(folder)):
        raise click.UsageError(f"--state {folder!r} is no directory: no agent has run with it")
    folder = os.path.realpath(folder)
    tag = tag or identity.tag(folder)
    if not names.TAG.match(tag):
        raise click.UsageError(
            f"--tag {tag!r} is not 7 letters and digits (or, of an older agent, 4 hex digits)"
        )
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder, tag


def _enter(folder: str, how: str, make: bool = True) -> None:
    try:
        rootless.enter(folder, sys.argv, how, make)
    except kernel.Failed as e:
        raise click.ClickException(str(e)) from None


if __name__ == "__main__":
    main(prog_name="dataplane-agent")
