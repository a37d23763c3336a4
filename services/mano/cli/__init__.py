# SPDX-License-Identifier: Apache-2.0
"""The command line: a REST client for the suite, and what starts and ends it."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs `mano` with the process's arguments."""
    from mano.cli import group, streams
    from mano.suite import settings

    with streams.guarded():
        try:
            group.root(prog_name="mano")
        except settings.Wrong as error:
            print(f"mano: {error}", file=sys.stderr)
            sys.exit(2)
