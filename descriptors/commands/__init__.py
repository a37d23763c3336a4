# SPDX-License-Identifier: Apache-2.0
"""The command line: `mano-package`."""
from importlib import metadata


def version() -> str:
    """The toolchain's; "" where it was never installed."""
    try:
        return metadata.version("mano-descriptors")
    except metadata.PackageNotFoundError:
        return ""
