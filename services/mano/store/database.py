# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL database: how it is connected to, by how many connections, with which limits."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from mano.store import room, text
from mano.store.connection import Connection
from mano.store.pool import Pool
from mano.store.retention import Ages

CONNECT_TIMEOUT = 3  # seconds
CONNECTIONS = 8  # that a process has open at the most


@dataclass(frozen=True)
class Limits:
    """Seconds that the server lets a connection of ours take; 0 is no limit.

    Nothing of ours takes a tenth of it; who meets one is told so, as `Unavailable`."""

    statement: float = 30.0
    lock: float = 10.0
    idle_in_transaction: float = 60.0  # an upload is idle while its next piece is on its way

    def options(self) -> str:
        """As libpq hands them to the server."""
        values = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle_in_transaction,
        }
        return " ".join(f"-c {name}={int(1000 * value)}" for name, value in values.items())


class Database:
    """The database at a URL (`postgresql://…`); the stores of several services may share it.

    A connection per transaction would cost five to eight times as much as one of the pool."""

    def __init__(
        self,
        url: str,
        limits: Limits | None = None,
        connections: int = CONNECTIONS,
        ages: Ages | None = None,
    ):
        self.url, self.limits, self.ages = url, limits or Limits(), ages or Ages()
        self.pool = Pool(self.connect, connections)

    def connect(self) -> Connection:
        """A new connection, for the caller to close."""
        return self._connect(self.limits)

    def connect_without_limits(self) -> Connection:
        """The same for migrations, which take as long as they take."""
        return self._connect(Limits(0, 0, 0))

    def _connect(self, limits: Limits) -> Connection:
        theirs = psycopg2.extensions.parse_dsn(self.url).get("options", "")
        connection: Connection = psycopg2.connect(
            self.url,
            connection_factory=Connection,
            options=f"{limits.options()} {theirs}".strip(),  # what the URL says is said last
            application_name=room.name(self.pool.size),
            connect_timeout=CONNECT_TIMEOUT,
        )
        connection.autocommit = True  # who needs a transaction says BEGIN
        psycopg2.extras.register_default_jsonb(connection, loads=text.loads)
        return connection
