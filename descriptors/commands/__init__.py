# SPDX-License-Identifier: Apache-2.0
"""The command line: `mano-package`."""

from importlib import metadata
from pathlib import Path

DISTRIBUTION = "mano-descriptors"


def version() -> str:
    """The toolchain's; "" where it was never installed."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return ""


def documentation() -> str:
    """The address of docs/, "" without.

    Where the distribution says it is published, else the folder beside the code."""
    folder = Path(__file__).resolve().parents[2] / "docs"
    local = folder.as_uri() if (folder / "rules.md").is_file() else ""
    return (_published() or local).rstrip("/")


def _published() -> str:
    try:
        urls = metadata.metadata(DISTRIBUTION).get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    addresses: dict[str, str] = dict(url.split(", ", 1) for url in urls)
    return addresses.get("Documentation", "")
