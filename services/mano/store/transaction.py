# SPDX-License-Identifier: Apache-2.0
"""A transaction: documents read and changed, jobs made due, messages owed; all of it or nothing is
stored."""

from __future__ import annotations

from typing import Any

import psycopg2
import psycopg2.errors

from mano.store.connection import Connection
from mano.store.content import Contents
from mano.store.database import Database
from mano.store.documents import Documents
from mano.store.jobs import Jobs
from mano.store.notices import Notices
from mano.store.outbox import Outbox
from mano.store.retention import Retention
from mano.store.statements import Effects, Rows

# Kinds of transactions, by what opens them.
SAFE = "BEGIN;"
QUICK = "BEGIN;SET LOCAL synchronous_commit = off;"
READING = ""

# The database is lost or refuses us: what was not committed is not there, the same transaction may
# be tried again.
GONE = (psycopg2.OperationalError, psycopg2.InterfaceError)
# It is there, but a limit was met (`database.Limits`); psycopg2 takes most of them for the above.
TOO_LONG = (
    psycopg2.errors.QueryCanceled,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.IdleInTransactionSessionTimeout,
)


class Transaction(Documents, Jobs, Outbox, Contents, Notices, Retention):
    """An open transaction on one service's schema; `kind` as in `Store.begin`.

    It has a connection from its first statement on, which `close` gives back."""

    def __init__(self, database: Database, schema: str, kind: str = SAFE):
        self.database, self.schema, self.opening = database, f'"{schema}"', kind
        self.connection: Connection | None = None
        self.ending = ";COMMIT" if kind else ""
        self.read = {}
        self.locked = set()
        self.outgoing = []
        self.effects = Effects()

    def execute(self, sql: str, /, **values: object) -> Rows:
        """Runs a statement with `%(name)s` parameters; `{s}.` before a table name stands for the
        schema."""
        return self._run(sql, values)

    def _run(self, sql: str, values: dict[str, Any], prepare: bool = True) -> Rows:
        sql = sql.replace("{s}", self.schema)
        if self.connection is None:
            return Rows(self._begin(sql, values, prepare))
        return Rows(self.connection.run(sql, values, prepare=prepare))

    def _begin(self, sql: str, values: dict[str, Any], prepare: bool) -> Any:
        pool = self.database.pool
        self.connection = pool.take()
        try:
            return self.connection.run(sql, values, self.opening, prepare)
        except TOO_LONG:
            raise
        except GONE:  # the connection died while nobody used it; nothing was done yet
            dead, self.connection = self.connection, None
            self.connection = pool.replace(dead)
            return self.connection.run(sql, values, self.opening, prepare)

    def commit(self) -> None:
        """Stores all of it; for `Store.begin`."""
        if self.outgoing:
            self.store_outgoing()
        elif self.connection is not None and self.opening:
            self.connection.cursor().execute("COMMIT")

    def close(self) -> None:
        """It has ended: its connection is for others; for `Store.begin`."""
        connection, self.connection = self.connection, None
        if connection is not None:
            self.database.pool.give_back(connection)

    def roll_back(self) -> None:
        """Stores nothing of it; for `Store.begin`."""
        connection, self.connection = self.connection, None
        if connection is None:
            return
        try:
            connection.cursor().execute("ROLLBACK")
        except psycopg2.Error:  # it is broken: whatever it held is rolled back by the server
            self.database.pool.discard(connection)
        else:
            self.database.pool.give_back(connection)

    def lock(self, name: str) -> None:
        """Waits until no other transaction of this service holds the lock `name`; freed at the end
        of this one."""
        self.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))",
            name=f"{self.schema}/{name}",
        )
