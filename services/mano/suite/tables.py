# SPDX-License-Identifier: Apache-2.0
"""Makes or changes the tables of a suite's services in a child process.

Alembic and SQLAlchemy would stay in the memory of the suite: 28 MiB for a thing that is done once.
Run as a module it is the child: reads {"url", "names"} from its standard input."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable

from mano.store import Database, Store, Unavailable


def bring_up_to_date(stores: Iterable[Store]) -> None:
    """The tables of every store are this version's; Unavailable with the reason where not."""
    behind = [store for store in stores if not store.is_current()]
    if not behind:
        return
    order = {"url": behind[0].database.url, "names": [store.name for store in behind]}
    child = subprocess.run(
        [sys.executable, "-P", "-m", "mano.suite.tables"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
    )
    if child.returncode:
        lines = child.stderr.strip().splitlines()
        raise Unavailable(lines[-1] if lines else f"it ended with status {child.returncode}")


def main() -> None:
    """Migrates the schemas of one database."""
    order = json.load(sys.stdin)
    database = Database(order["url"])
    try:
        for name in order["names"]:
            Store(database, name).migrate()
    except Unavailable as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
