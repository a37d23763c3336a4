# SPDX-License-Identifier: Apache-2.0
"""`lint` on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from descriptors.commands import inspection, reports, targets
from descriptors.package import FIELD, PROFILES, Trust, setting


@click.command()
@click.argument("paths", nargs=-1, required=True, type=targets.existing)
@click.option(
    "--format",
    "format_",
    type=click.Choice(reports.FORMATS),
    default="text",
    help="How the findings are written.",
)
@click.option(
    "-W",
    "switches",
    multiple=True,
    metavar="RULE|no-RULE",
    help="Only this rule, or all but this; also a group, such as csar. Repeatable.",
)
@click.option(
    "--signatures",
    type=click.Choice(["require", "verify", "off"]),
    default="verify",
    show_default=True,
    help="What is asked of signatures, as MANO_PACKAGE_SIGNATURES says for onboarding.",
)
@click.option(
    "--trust",
    "anchors",
    type=targets.file,
    help="Trust anchors (PEM), as MANO_TRUST_ANCHORS.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    envvar=setting("profile"),
    default=FIELD,
    show_default=True,
    help="By every letter, or as packages are in the field: what has one meaning only is a warning."
    " As MANO_PACKAGE_PROFILE says for onboarding.",
)
def lint(
    paths: tuple[Path, ...],
    format_: str,
    switches: tuple[str, ...],
    signatures: str,
    anchors: Path | None,
    profile: str,
) -> None:
    """Report everything that is wrong with packages, as onboarding would. PATHS are CSARs, folders
    of one or of many, YAML files.

    A network service and its VNFs linted together are also checked against each other.
    docs/rules.md lists all rules."""
    only, off = inspection.switches(switches)
    trust = Trust(signatures, str(anchors.absolute()) if anchors else "")
    try:
        report = inspection.lint(paths, only=only, off=off, trust=trust, profile=profile)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(reports.render(report, format_), nl=False)
    sys.exit(reports.exit_code(report))
