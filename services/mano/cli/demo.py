# SPDX-License-Identifier: Apache-2.0
"""`mano demo`: onboard, instantiate and prove the sample network service, as a REST client does."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from mano.cli import output, sample, traffic, tree
from mano.cli.client import Client
from mano.cli.failures import Failure
from mano.cli.group import connect
from mano.cli.suite import embedded_settings
from mano.suite import running, settings

if TYPE_CHECKING:
    from rich.console import Console

    from mano.cli.client import Client


@click.command()
@click.option(
    "--host",
    default=lambda: os.environ.get("MANO_HOST") or settings.host_name(socket.gethostname()),
    show_default="this machine's name",
    help="The NFVI host, by the name under which its agent runs.",
)
@click.option(
    "--through",
    envvar="MANO_DEMO_EXEC",
    default="",
    help="Command that runs another in a namespace of the host, up to the resource, where the host "
    "is not this machine: docker exec agent dataplane-agent exec --state DIR",
)
@click.pass_context
def demo(context: click.Context, host: str, through: str) -> None:
    """Onboard the sample packages, instantiate the network service, send traffic through it, and
    show what runs where."""
    begin = time.monotonic()
    data = context.find_root().obj
    with _step("suite") as report:
        report(_start_suite(data))
    client = connect(context)
    with _step("packages") as report:
        report(sample.onboard(client))
    with _step("host") as report:
        report(sample.add_host(client, host))
    with _step("network service") as report:
        ns, text = sample.instantiate(client)
        report(text)
    after = _prove(client, ns, through)
    console = output.console()
    console.print()
    console.print(tree.draw(after))
    seconds = time.monotonic() - begin
    console.print(f"\n[bold green]All proofs hold[/], after {seconds:.1f} s. What to type next:\n")
    _print_next(console, data, host)


def _start_suite(data: pathlib.Path | None) -> str:
    if url := os.environ.get("MANO_URL"):
        return f"at {url}"
    from mano.suite import background

    folder = embedded_settings(data).data
    if running.is_locked(folder):
        return f"runs already on {folder}"
    try:
        record = background.start(folder)
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    return f"started: NFVO {record['nfvo']}, VNFM {record['vnfm']}, data in {folder}"


def _prove(client: Client, ns: str, through: str) -> tree.NetworkService:
    """Sends traffic through the network service; what it is after it."""
    before = tree.gather(client, ns)
    source = traffic.Source(client.settings.data, through, before["saps"][0]["resource"])
    address = sample.front(before)
    with _step("HTTP") as report:
        answers = traffic.answering(source, address, sample.servers(before))
        counts = ", ".join(f"{name} ({count}×)" for name, count in answers.items())
        report(f"http://{address}/ from the SAP: 200, answered by {counts}")
    with _step("forbidden port") as report:
        refusal = traffic.blocked(source, address)
        report(f"http://{address}:{traffic.FORBIDDEN}/ is blocked ({refusal})")
    with _step("path") as report:
        after = traffic.counted(
            client, ns, before, lambda: source.ask(address, traffic.OPEN, traffic.REQUESTS)
        )
        report("every VNF of the chain was passed in order")
    return after


@contextlib.contextmanager
def _step(name: str) -> Iterator[Callable[[str], None]]:
    """One line per step: what it is, what came of it, how long it took."""
    console, begin = output.console(), time.monotonic()
    outcome = ""

    def report(text: str) -> None:
        nonlocal outcome
        outcome = text

    try:
        yield report
    except Failure:
        console.print(f"[red]✗[/] {name}")
        raise
    seconds = time.monotonic() - begin
    console.print(
        f"[green]✓[/] [bold]{name:<16}[/] {outcome} [dim]{seconds:.1f} s[/]", soft_wrap=True
    )


def _print_next(console: Console, data: pathlib.Path | None, host: str) -> None:
    mano = _program(data)
    lines = {
        f"{mano} status": "what runs, and with which memory",
        f"{mano} ns tree {sample.NS}": "this tree again",
        f"{mano} host plan {host}": "what the agent would change; nothing, if all is as desired",
        f"{mano} ns terminate {sample.NS} --wait": "end the network service; nothing of it is left",
        f"{mano} down": "end the suite; network services go on",
        f"{mano} down --purge": "end and remove everything",
    }
    width = max(map(len, lines)) + 2
    for command, text in lines.items():
        console.print(f"  {command:<{width}} [dim]{text}[/]", soft_wrap=True)


def _program(data: pathlib.Path | None) -> str:
    """How `mano` is typed here, with the data directory if that is not the usual one."""
    beside_python = pathlib.Path(sys.executable).with_name("mano")
    program = "mano" if shutil.which("mano") else os.path.relpath(beside_python)
    if data and os.environ.get("MANO_DATA") != str(data):
        return f"{program} --data {data}"
    return program
