# SPDX-License-Identifier: Apache-2.0
"""Signed packages as the tests make, change and read them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import descriptors
from descriptors.archive import verifying
from descriptors.package import Package, Trust

SAMPLES = Path(descriptors.__file__).parent


IMAGE = "Files/images/web.tar.gz"


def checked(path: Path, anchors: Path | None = None, policy: str = "verify") -> Package:
    """The package, read and its signatures checked."""
    package = descriptors.read(path)
    verifying.apply(package, path, Trust(policy, str(anchors or "")))
    return package


def errors(package: Package) -> set[str]:
    return {finding.rule for finding in package.errors}


def changed(path: Path, out: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a zip whose files `change` may change."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out
