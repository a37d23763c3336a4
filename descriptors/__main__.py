# SPDX-License-Identifier: Apache-2.0
"""`python -m descriptors`: the toolchain by hand, the same as `mano-package`."""

from __future__ import annotations


def main() -> None:
    """Runs the command line with the process's arguments."""
    from descriptors.commands import cli

    cli.group(prog_name="mano-package")


if __name__ == "__main__":
    main()
