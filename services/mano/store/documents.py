# SPDX-License-Identifier: Apache-2.0
"""Documents: the resources of a service, in ETSI's JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mano.sol.documents import Body
from mano.store import errors, text
from mano.store.statements import Rows, Statements


@dataclass
class Document:
    """A stored resource.

    `version` is its ETag, `seq` grows with creation and is the key of paging."""

    kind: str
    id: str
    version: int
    body: Body
    seq: int
    owner: str | None = None


class Documents(Statements):
    """The part of a transaction that deals with documents.

    Each is read once, and once more if it is to be locked."""

    read: dict[tuple[str, str], Document]
    locked: set[tuple[str, str]]

    def get(self, kind: str, id: str, *, lock: bool = False) -> Document:
        """The document, or NotFound. With `lock` nobody else changes it before this transaction
        ends."""
        document = self.look(kind, id, lock=lock)
        if document is None:
            raise errors.NotFound(kind, id)
        return document

    def look(self, kind: str, id: str, *, lock: bool = False) -> Document | None:
        """The document, or None."""
        key = (kind, id)
        if key in self.read and (not lock or key in self.locked):
            return self.read[key]
        row = self.execute(_LOOK_AND_LOCK if lock else _LOOK, kind=kind, id=id).first()
        if row is None:
            return None
        document = Document(*row)
        if lock:
            return self._hold(document)
        self.read[key] = document
        return document

    def add(
        self, kind: str, id: str, body: Body, owner: str | None = None, *, retired: bool = False
    ) -> Document:
        """A new document at version 1; Conflict if there is one of that id. With `retired` it is
        only kept for a while, as `retention` says."""
        row = self.execute(
            _ADD_RETIRED if retired else _ADD,
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
        self._change(_PUT, document, body=text.dumps(document.body))
        document.version += 1
        return self._hold(document)

    def remove(self, document: Document) -> None:
        """Deletes the document; Stale if it was changed since it was read."""
        self.read.pop((document.kind, document.id), None)
        self.locked.discard((document.kind, document.id))
        self._change(_REMOVE, document)

    def retire(self, kind: str, *, id: str | None = None, owner: str | None = None) -> None:
        """From now on the document, or all that the owner has of that kind, is only kept for a
        while, as `retention` says."""
        self.execute(_RETIRE, kind=kind, id=id, owner=owner)

    def _hold(self, document: Document) -> Document:
        """Nobody else changes the document before this transaction ends: it is not read again."""
        key = (document.kind, document.id)
        self.read[key] = document
        self.locked.add(key)
        return document

    def _change(self, sql: str, document: Document, **values: object) -> None:
        rows = self.execute(
            sql, kind=document.kind, id=document.id, version=document.version, **values
        )
        if rows.rowcount != 1:
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

        `where` is a client's filter as rest.filters has compiled it: SQL on the column `body` with
        `%(name)s` parameters from `values`."""
        sql = f"SELECT {_COLUMNS} FROM {{s}}.document WHERE kind = %(kind)s AND seq > %(after)s"
        if owner is not None:
            sql += " AND owner = %(owner)s"
        if where:
            sql += f" AND ({where})"
        sql += " ORDER BY seq" + (" LIMIT %(limit)s" if limit is not None else "")
        parameters = {"kind": kind, "after": after, "owner": owner, "limit": limit}
        # What clients ask for differs too much to be prepared.
        rows = self._run(sql, {**parameters, **(values or {})}, prepare=not where)
        return [Document(*row) for row in rows]

    def containing(
        self,
        kinds: str | Sequence[str],
        part: Body,
        *,
        owner: str | None = None,
        limit: int | None = None,
    ) -> list[Document]:
        """Documents whose body contains `part` (jsonb's `@>`), in the order of creation.

        Quick where `part` names what a document points at: the index is on its links (0002)."""
        rows = self.execute(
            CONTAINING
            + ("" if owner is None else " AND owner = %(owner)s")
            + " ORDER BY seq"
            + ("" if limit is None else " LIMIT %(limit)s"),
            kinds=[kinds] if isinstance(kinds, str) else list(kinds),
            part=text.dumps(part),
            owner=owner,
            limit=limit,
        )
        return [Document(*row) for row in rows]

    def _run(self, sql: str, values: dict[str, Any], prepare: bool = True) -> Rows:
        raise NotImplementedError


_COLUMNS = "kind, id, version, body, seq, owner"
_LOOK = f"SELECT {_COLUMNS} FROM {{s}}.document WHERE kind = %(kind)s AND id = %(id)s"
_LOOK_AND_LOCK = _LOOK + " FOR UPDATE"
_ADD = (
    "INSERT INTO {s}.document (kind, id, owner, body)"
    " VALUES (%(kind)s, %(id)s, %(owner)s, %(body)s) ON CONFLICT DO NOTHING RETURNING seq"
)
_ADD_RETIRED = (
    "INSERT INTO {s}.document (kind, id, owner, body, retired_at)"
    " VALUES (%(kind)s, %(id)s, %(owner)s, %(body)s, now()) ON CONFLICT DO NOTHING RETURNING seq"
)
_RETIRE = (
    "UPDATE {s}.document SET retired_at = now() WHERE kind = %(kind)s AND retired_at IS NULL"
    " AND (id = %(id)s OR owner = %(owner)s)"
)
_THIS_VERSION = " WHERE kind = %(kind)s AND id = %(id)s AND version = %(version)s"
_PUT = "UPDATE {s}.document SET body = %(body)s, version = version + 1" + _THIS_VERSION
_REMOVE = "DELETE FROM {s}.document" + _THIS_VERSION
CONTAINING = (
    f"SELECT {_COLUMNS} FROM {{s}}.document WHERE kind = ANY(%(kinds)s::text[])"
    " AND body @> %(part)s::jsonb AND links @> {s}.links(%(part)s::jsonb)"
)
