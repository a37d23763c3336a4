# SPDX-License-Identifier: Apache-2.0
"""What the parts of a transaction have in common: they run statements, and ask for effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Effects:
    """What a committed transaction asks for: jobs to wake `(id, delay)`, messages to send
    `(outbox id, message)`."""

    wake: list[tuple[str, float]] = field(default_factory=list)
    messages: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.wake or self.messages)


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


class Statements:
    """A part of a transaction; `Transaction` puts the parts together."""

    effects: Effects

    def execute(self, sql: str, /, **values: object) -> Rows:
        """Runs a statement with `%(name)s` parameters; `{s}.` before a table name stands for the
        schema."""
        raise NotImplementedError
