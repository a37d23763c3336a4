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
    """The address of docs/: where the distribution says it is published, else the folder beside the
    code; "" without."""
    try:
        published = dict(
            entry.split(", ", 1)
            for entry in metadata.metadata(DISTRIBUTION).get_all("Project-URL") or []
        )
    except metadata.PackageNotFoundError:
        published = {}
    beside = Path(__file__).resolve().parents[2] / "docs"
    local = beside.as_uri() if (beside / "rules.md").is_file() else ""
    return (published.get("Documentation") or local).rstrip("/")
