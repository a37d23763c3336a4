# SPDX-License-Identifier: Apache-2.0
"""What is kept for a while after it is done with, how long, and who empties it.

Whoever knows that a document is done with retires it (`Documents.retire`); a `Rule` says what that
means for its kind, and stands beside what makes them. The service that owns the tables forgets what
is old, a little at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mano.store.statements import Statements

BATCH = 500  # rows that one transaction forgets at the most: it holds up nobody
LOOK_EVERY = 600.0  # seconds, or a quarter of the shortest age
DAY = 86400.0


@dataclass(frozen=True)
class Ages:
    """For how many seconds what is done with is kept."""

    history: float = 7 * DAY  # what people may want to look at
    messages: float = DAY  # what a message that comes late, or again, must still find

    def look_every(self) -> float:
        """Seconds between two looks for what is old."""
        return min(LOOK_EVERY, max(1.0, min(self.history, self.messages) / 4))


@dataclass(frozen=True)
class Rule:
    """What is forgotten once it is so old: documents of a kind that were retired, or rows of a
    table."""

    kind: str  # of the documents; else the table's name
    age: Literal["history", "messages"]
    what: str  # in words, what it is and from when its age counts
    table: str = "document"
    time: str = "retired_at"  # the column from which the age counts
    lost: bool = False  # somebody may miss it: it is logged

    def seconds(self, ages: Ages) -> float:
        return ages.history if self.age == "history" else ages.messages


# Of every service.
RULES = (
    Rule("inbox", "messages", "answers to requests, from when they were given", "inbox", "at"),
    Rule("outbox", "history", "messages that nobody has taken", "outbox", "at", lost=True),
    Rule("notice", "history", "notifications that a subscriber did not take", "notice", "at", True),
)


class Retention(Statements):
    """The part of a transaction that deals with what is old."""

    def forget_old(self, rule: Rule, seconds: float, limit: int = BATCH) -> int:
        """Deletes what is older, but for what somebody is just using; how many it were."""
        rows = self.execute(
            f"DELETE FROM {{s}}.{rule.table} WHERE ctid = ANY(ARRAY(SELECT ctid {_old(rule)}"
            " LIMIT %(limit)s FOR UPDATE SKIP LOCKED))",
            kind=rule.kind,
            seconds=seconds,
            limit=limit,
        )
        return rows.rowcount

    def count_old(self, rule: Rule, seconds: float) -> int:
        """How many are older."""
        rows = self.execute(f"SELECT count(*) {_old(rule)}", kind=rule.kind, seconds=seconds)
        return int(rows.scalar())

    def count(self, rule: Rule) -> int:
        """How many there are, in use or old."""
        where = " WHERE kind = %(kind)s" if rule.table == "document" else ""
        sql = f"SELECT count(*) FROM {{s}}.{rule.table}{where}"
        return int(self.execute(sql, kind=rule.kind).scalar())


def _old(rule: Rule) -> str:
    kind = "kind = %(kind)s AND " if rule.table == "document" else ""
    return (
        f"FROM {{s}}.{rule.table} WHERE {kind}{rule.time}"
        " < now() - make_interval(secs => %(seconds)s)"
    )
