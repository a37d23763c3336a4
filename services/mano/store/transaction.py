# SPDX-License-Identifier: Apache-2.0
"""A transaction: documents read and changed, jobs made due, messages owed; all of it or nothing is
stored."""

from __future__ import annotations

from typing import Any

import psycopg2
import psycopg2.errors

from mano.store.content import Contents
from mano.store.database import Database
from mano.store.documents import Documents
from mano.store.jobs import Jobs
from mano.store.notices import Notices
from mano.store.outbox import Outbox
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


class Transaction(Documents, Jobs, Outbox, Contents, Notices):
    """An open transaction on one service's schema; `kind` as in `Store.begin`."""

    def __init__(self, database: Database, schema: str, kind: str = SAFE):
        self.database, self.schema, self.opening = database, f'"{schema}"', kind
        self.connection = database.connection()
        self.ending = ";COMMIT" if kind else ""
        self.begun = False
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
        if self.begun:
            return Rows(self.connection.run(sql, values, prepare=prepare))
        try:
            cursor = self.connection.run(sql, values, self.opening, prepare)
        except TOO_LONG:
            raise
        except GONE:  # the connection died while nobody used it; nothing was done yet
            self.connection = self.database.reconnect()
            cursor = self.connection.run(sql, values, self.opening, prepare)
        self.begun = True
        return Rows(cursor)

    def commit(self) -> None:
        """Stores all of it; for `Store.begin`."""
        if self.outgoing:
            self.store_outgoing()
        elif self.begun and self.opening:
            self.connection.cursor().execute("COMMIT")

    def rollback(self) -> None:
        """Stores nothing of it; for `Store.begin`."""
        self.connection.cursor().execute("ROLLBACK")

    def lock(self, name: str) -> None:
        """Waits until no other transaction of this service holds the lock `name`; freed at the end
        of this one."""
        self.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))",
            name=f"{self.schema}/{name}",
        )
