# SPDX-License-Identifier: Apache-2.0
"""`verify` on the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from descriptors.commands import reports, targets
from descriptors.package import Finding, Trust
from descriptors.pool import Pool


@click.command()
@click.argument("path", type=targets.file)
@click.option(
    "--trust",
    "anchors",
    type=targets.file,
    help="Trust anchors: PEM with certificates of authorities or signers, and CRLs.",
)
def verify(path: Path, anchors: Path | None) -> None:
    """Check a package's signatures and hashes. Without --trust it only tells who signed."""
    pool = Pool(trust=Trust("require", str(anchors.absolute()) if anchors else ""))
    try:
        package = pool.read(path)
    finally:
        pool.close()
    findings = [finding for finding in package.findings if _counts(finding)]
    click.echo(reports.render(findings), nl=False)
    if package.security_option:
        signers = ", ".join(package.signers) or "nobody whose signature holds"
        click.echo(f"{path}: signed as SOL004's option {package.security_option} by {signers}")
    sys.exit(reports.exit_code(findings))


def _counts(finding: Finding) -> bool:
    return finding.severity == "error" or finding.rule.startswith("signature")
