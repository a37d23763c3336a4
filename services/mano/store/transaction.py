# SPDX-License-Identifier: Apache-2.0
"""A transaction: documents read and changed, jobs made due, messages owed; all of it or nothing is
stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from mano.store import content, errors, jobs, notices, outbox, text
from mano.store.database import Database

# Kinds of transactions, by what opens them.
SAFE = "BEGIN;"
QUICK = "BEGIN;SET LOCAL synchronous_commit = off;"
READING = ""

# The database is lost or refuses us: what was not committed is not there, the same transaction may
# be tried again.
GONE = (psycopg2.OperationalError, psycopg2.InterfaceError)


@dataclass
class Effects:
    """What a committed transaction asks for: jobs to wake `(id, delay)`, messages to send `(outbox
    id, message)`."""

    wake: list[tuple[str, float]] = field(default_factory=list)
    messages: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.wake or self.messages)


@dataclass
class Document:
    """A stored resource. `version` is its ETag, `seq` grows with creation and is the key of
    paging."""

    kind: str
    id: str
    version: int
    body: dict[str, Any]
    seq: int
    owner: str | None = None


class Rows:
    """What a statement gave: rows as tuples, and how many it touched."""

    def __init__(self, cursor: Any):
        self.cursor = cursor

    @property
    def rowcount(self) -> int:
        return int(self.cursor.rowcount)

    def first(self) -> Any:
        """The first row, or None."""
        return self.cursor.fetchone()

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        row = self.cursor.fetchone()
        return row[0] if row else None

    def all(self) -> list[Any]:
        """All rows."""
        rows: list[Any] = self.cursor.fetchall()
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self.cursor)


class Transaction(jobs.Jobs, outbox.Outbox, content.Contents, notices.Notices):
    """An open transaction on one service's schema; `kind` as in `Store.begin`."""

    def __init__(
        self,
        database: Database,
        schema: str,
        kind: str = SAFE,
    ):
        self.database, self.schema, self.opening = database, f'"{schema}"', kind
        self.connection = database.connection()
        self.read: dict[
            tuple[str, str], Document
        ] = {}  # each document is read once, unless it is to be locked
        self.effects = Effects()
        self.owed: list[dict[str, Any]] = []
        self.begun = False

    def execute(self, sql: str, /, **values: Any) -> Rows:
        """Runs a statement with `%(name)s` parameters; `{s}.` before a table name stands for the
        schema."""
        return self._run(sql, values)

    def _run(self, sql: str, values: dict[str, Any], prepare: bool = True) -> Rows:
        sql = sql.replace("{s}", self.schema)
        if self.begun:
            return Rows(self.connection.run(sql, values, prepare=prepare))
        try:
            cursor = self.connection.run(sql, values, self.opening, prepare)
        except GONE:  # the connection died while nobody used it; nothing was done yet
            self.connection = self.database.reconnect()
            cursor = self.connection.run(sql, values, self.opening, prepare)
        self.begun = True
        return Rows(cursor)

    def commit(self) -> None:
        """Stores all of it; for `Store.begin`."""
        self.store_owed()
        if self.begun and self.opening:
            self.connection.cursor().execute("COMMIT")

    def rollback(self) -> None:
        """Stores nothing of it; for `Store.begin`."""
        self.connection.cursor().execute("ROLLBACK")

    # -- documents ---------------------------------------------------------------------------------------------------
    def get(self, kind: str, id: str, *, lock: bool = False) -> Document:
        """The document, or NotFound. With `lock` nobody else changes it before this transaction
        ends."""
        found = self.look(kind, id, lock=lock)
        if found is None:
            raise errors.NotFound(kind, id)
        return found

    def look(self, kind: str, id: str, *, lock: bool = False) -> Document | None:
        """The document, or None."""
        if not lock and (known := self.read.get((kind, id))):
            return known
        row = self.execute(
            f"SELECT {_COLUMNS} FROM {{s}}.document WHERE kind = %(kind)s AND id = %(id)s"
            + (" FOR UPDATE" if lock else ""),
            kind=kind,
            id=id,
        ).first()
        if row is None:
            return None
        self.read[kind, id] = Document(*row)
        return self.read[kind, id]

    def add(self, kind: str, id: str, body: dict[str, Any], owner: str | None = None) -> Document:
        """A new document at version 1; Conflict if there is one of that id."""
        row = self.execute(
            "INSERT INTO {s}.document (kind, id, owner, body) VALUES (%(kind)s, %(id)s, %(owner)s, %(body)s)"
            " ON CONFLICT DO NOTHING RETURNING seq",
            kind=kind,
            id=id,
            owner=owner,
            body=text.dumps(body),
        ).first()
        if row is None:
            raise errors.Conflict(f"{kind} {id} exists already")
        return Document(kind, id, 1, body, row[0], owner)

    def put(self, document: Document) -> Document:
        """Stores `document.body` as the next version; Stale if it was changed since it was read."""
        done = self.execute(
            "UPDATE {s}.document SET body = %(body)s, version = version + 1"
            " WHERE kind = %(kind)s AND id = %(id)s AND version = %(version)s",
            kind=document.kind,
            id=document.id,
            version=document.version,
            body=text.dumps(document.body),
        )
        if done.rowcount != 1:
            raise errors.Stale(document.kind, document.id, document.version)
        document.version += 1
        self.read[document.kind, document.id] = document
        return document

    def remove(self, document: Document) -> None:
        """Deletes the document; Stale if it was changed since it was read."""
        self.read.pop((document.kind, document.id), None)
        done = self.execute(
            "DELETE FROM {s}.document WHERE kind = %(kind)s AND id = %(id)s AND version = %(version)s",
            kind=document.kind,
            id=document.id,
            version=document.version,
        )
        if done.rowcount != 1:
            raise errors.Stale(document.kind, document.id, document.version)

    def find(
        self,
        kind: str,
        *,
        where: str = "",
        values: dict[str, Any] | None = None,
        owner: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Document]:
        """Documents of a kind in the order of creation, those with `seq > after`.

        `where` is SQL on the column `body` with `%(name)s` parameters from `values` (what
        rest.filters makes)."""
        sql = f"SELECT {_COLUMNS} FROM {{s}}.document WHERE kind = %(kind)s AND seq > %(after)s"
        if owner is not None:
            sql += " AND owner = %(owner)s"
        if where:
            sql += f" AND ({where})"
        sql += " ORDER BY seq" + (" LIMIT %(limit)s" if limit is not None else "")
        # What clients ask for differs too much to be prepared.
        rows = self._run(
            sql,
            {"kind": kind, "after": after, "owner": owner, "limit": limit, **(values or {})},
            prepare=not where,
        )
        return [Document(*row) for row in rows]

    def lock(self, name: str) -> None:
        """Waits until no other transaction of this service holds the lock `name`; freed at the end
        of this one."""
        self.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))",
            name=f"{self.schema}/{name}",
        )


_COLUMNS = "kind, id, version, body, seq, owner"
