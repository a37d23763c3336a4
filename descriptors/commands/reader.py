# SPDX-License-Identifier: Apache-2.0
"""Reading packages as onboarding does, in a child process with limits, and what may not be read."""

from __future__ import annotations

import os
from pathlib import Path

import click

from descriptors.commands import targets
from descriptors.package import Finding, Package
from descriptors.pool import Pool


def read_all(*paths: Path) -> list[Package]:
    """The packages; a failure that tells the errors of one without a readable descriptor."""
    paths = tuple(map(targets.whole, paths))
    pool = Pool()
    try:
        packages = [read(pool, path) for path in paths]
    finally:
        pool.close()
    for path, package in zip(paths, packages, strict=True):
        _check_descriptor(path, package)
    return packages


def read(pool: Pool, path: Path) -> Package:
    """The package, also of a folder that is yet to be built."""
    findings = barred(path)
    return Package(findings=findings) if findings else pool.read(path, draft=True)


def barred(path: Path) -> list[Finding]:
    """A finding for all that a package holds and the user may not read.

    What begins with a dot is in no package."""
    items = sorted(path.rglob("*")) if path.is_dir() else [path]
    names = [
        item.relative_to(path).as_posix() if item != path else path.name
        for item in items
        if _is_barred(item) and not _is_hidden(item.relative_to(path))
    ]
    hint = "check its permissions"
    return [
        Finding("csar-unreadable", "error", name, 0, 0, "may not be read", hint) for name in names
    ]


def _is_barred(item: Path) -> bool:
    return not item.is_symlink() and item.exists() and not os.access(item, os.R_OK)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _check_descriptor(path: Path, package: Package) -> None:
    if path.is_dir() and not targets.is_package(path):
        raise click.UsageError(f"{path}: {targets.NO_PACKAGE}")
    if package.kind is None or package.descriptor is None:
        errors = "\n".join(f"  {finding}" for finding in package.errors)
        raise click.ClickException(f"{path} cannot be read:\n{errors}")
