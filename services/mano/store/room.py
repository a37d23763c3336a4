# SPDX-License-Identifier: Apache-2.0
"""Whether the server has room for the connections of one more process.

Each process says in the name of its connections how many it may open, so that another, which is
about to start, can add up what is spoken for and not only what is open at the moment."""

from __future__ import annotations

import os
import socket

from mano.store import errors
from mano.store.statements import Statements

MARK = "mano"
_TAKES = """SELECT current_setting('max_connections')::int,
    current_setting('superuser_reserved_connections')::int
    + coalesce(current_setting('reserved_connections', true), '0')::int"""
_OPEN = """SELECT coalesce(application_name, ''), count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' GROUP BY 1"""


def name(size: int) -> str:
    """The application_name of the connections of this process, which may open so many."""
    return f"{MARK} {size} {os.getpid()} {socket.gethostname()}"[:63]  # PostgreSQL cuts it


def check(tx: Statements, size: int, processes: int) -> None:
    """Unavailable, with the numbers, where so many processes with `size` connections each would
    exceed, with those of others, what the server takes."""
    limit, reserved = tx.execute(_TAKES).first()
    others: dict[str, int] = dict(tx.execute(_OPEN).all())
    others.pop(name(size), None)
    ours = [_spoken_for(each, count) for each, count in others.items() if _is_ours(each)]
    strangers = sum(count for each, count in others.items() if not _is_ours(each))
    wanted, taken = size * processes, sum(ours) + strangers
    if wanted + taken > limit - reserved:
        raise errors.Unavailable(
            f"the database server takes {limit - reserved} connections (max_connections {limit}, "
            f"{reserved} of them reserved); this process may open {wanted}, {len(ours)} other "
            f"processes of the suite {sum(ours)}, strangers have {strangers}. Lower "
            "MANO_DATABASE_CONNECTIONS or the number of processes, or raise max_connections"
        )


def _is_ours(application: str) -> bool:
    words = application.split(" ")
    return len(words) >= 3 and words[0] == MARK and words[1].isdigit()


def _spoken_for(application: str, count: int) -> int:
    return max(int(application.split(" ")[1]), count)
