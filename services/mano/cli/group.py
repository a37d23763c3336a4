# SPDX-License-Identifier: Apache-2.0
"""The command `mano`: its subcommands are loaded when they are used, so that each starts fast."""

from __future__ import annotations

import importlib
import pathlib
from typing import TYPE_CHECKING, NamedTuple

import click

from mano.cli import parameters

if TYPE_CHECKING:
    from mano.cli.client import Client


class Entry(NamedTuple):
    """Where a command lies: its module in this package, and what it is called there."""

    module: str
    attribute: str
    help: str  # here, so that `mano --help` loads no command


COMMANDS = {
    "up": Entry("suite", "up", "Start the embedded suite."),
    "down": Entry("suite", "down", "End the embedded suite; network services go on."),
    "status": Entry("suite", "status", "What runs, with which memory, and what is under way."),
    "demo": Entry("demo", "demo", "Onboard, instantiate and prove the sample network service."),
    "package": Entry(
        "package", "group", "Make, check, show, compare and sign packages; needs no suite."
    ),
    "vnf-package": Entry("vnf_packages", "group", "VNF packages (SOL005 clause 9)."),
    "nsd": Entry("ns_descriptors", "group", "Network service descriptors (SOL005 clause 5)."),
    "ns": Entry("ns_instances", "group", "Network service instances (SOL005 clause 6)."),
    "vnf": Entry("vnf_instances", "group", "VNF instances (SOL003 clause 5)."),
    "op": Entry("operations", "group", "Life cycle operations: watch, retry, roll back, fail."),
    "vim": Entry("vims", "group", "VIMs that are registered."),
    "host": Entry("hosts", "group", "Bare-metal NFVI hosts."),
    "run": Entry("distributed", "run", "One process of a distributed suite."),
    "backup": Entry("backups", "backup", "Write all that is stored to a file."),
    "prune": Entry("retention", "prune", "Forget what is done with and old."),
    "restore": Entry("backups", "restore", "Replace all that is stored by a backup."),
}


class Lazy(click.Group):
    """A group whose commands lie in modules of this package."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Loads a command."""
        entry = COMMANDS.get(name)
        if entry is None:
            return None
        module = importlib.import_module(f"mano.cli.{entry.module}")
        command: click.Command = getattr(module, entry.attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the table of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(
    cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}
)
@click.option(
    "--data",
    type=parameters.FOLDER,
    envvar="MANO_DATA",
    help="Data directory of the embedded suite [default: ~/.local/share/mano].",
)
@click.version_option("0.1.0", prog_name="mano")
@click.pass_context
def root(context: click.Context, data: pathlib.Path | None) -> None:
    """An ETSI NFV MANO suite: NFVO, VNFM and VIMs.

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the suite is not reachable.
    """
    context.obj = data


def connect(context: click.Context) -> Client:
    """The REST client for the suite that the command line means."""
    from mano.cli.client import Client

    client = Client(context.find_root().obj)
    context.call_on_close(client.close)
    return client
