# SPDX-License-Identifier: Apache-2.0
"""Outbox and inbox: messages owed to the bus, and the answers to those that came.

A message is stored in the transaction that owes it and sent after the commit; the row goes when the
carrier has it. What a crash leaves in the table, the sweeper sends. A receiver stores the id of
every message that it has handled together with its answer, so a message that comes twice is
answered, not done, twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from mano.store import text
from mano.store.statements import Statements

GRACE = 2.0  # seconds in which the process that stored a message is expected to send it


class Outbox(Statements):
    """The part of a transaction that deals with messages."""

    outgoing: list[tuple[int, Mapping[str, Any]]]  # by number
    ending: str  # what commits the transaction, on the same way to the server as a last statement

    def next_version(self) -> int:
        """A number above all that this gave before. Who holds the row of a thing while it takes one
        gives the later of two changes of that thing the higher version (`bus.versions`)."""
        return int(self.execute(_NEXT).scalar())

    def owe(self, message: Mapping[str, Any]) -> int:
        """Stores a message; it is sent after the commit, at least once. Its number here."""
        # Numbered by us: the server's answer need not be waited for to know which is which.
        number = secrets.randbits(62)
        self.outgoing.append((number, message))
        return number

    def is_owed(self, number: int) -> bool:
        """Whether the message still lies here: it is sent again by itself, until it is taken."""
        sql = "SELECT FROM {s}.outbox WHERE id = %(number)s"
        return bool(self.execute(sql, number=number).rowcount)

    def store_outgoing(self) -> None:
        """Stores the messages that were owed so far, all by one statement: the last of a
        transaction, which takes its end along."""
        numbers = [number for number, _ in self.outgoing]
        messages = [text.dumps(message) for _, message in self.outgoing]
        self.execute(_OWE + self.ending, numbers=numbers, messages=messages, grace=GRACE)
        self.effects.messages += self.outgoing

    def forget(self, ids: list[int]) -> None:
        """Forgets messages that the carrier has taken."""
        # Losing this deletion sends a message twice, which receivers expect; so it need not wait
        # for the disk.
        self.execute(
            "SET LOCAL synchronous_commit = off;DELETE FROM {s}.outbox WHERE id = ANY(%(ids)s)",
            ids=ids,
        )

    def unsent(self, limit: int = 200) -> list[tuple[int, dict[str, Any]]]:
        """Messages that nobody has sent in time, now ours to send for another while, longer at each
        attempt."""
        rows = self.execute(
            "UPDATE {s}.outbox SET attempts = attempts + 1, due_at = clock_timestamp()"
            " + make_interval(secs => %(grace)s * least(attempts + 1, 15))"
            " WHERE id IN (SELECT id FROM {s}.outbox WHERE due_at <= clock_timestamp()"
            " ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED) RETURNING id, message",
            grace=GRACE,
            limit=limit,
        ).all()
        return [(row[0], row[1]) for row in rows]

    def send_again(self) -> None:
        """Makes every message due: what a process that was killed has owed need not wait. Sent
        twice is no harm."""
        self.execute(
            "UPDATE {s}.outbox SET due_at = clock_timestamp(), attempts = 0"
            " WHERE id IN (SELECT id FROM {s}.outbox FOR UPDATE SKIP LOCKED)"
        )

    def receive(self, id: str) -> dict[str, Any] | None:
        """Takes note of a message; None if it is new, else the answer that it was given.

        A second copy that comes while the first is being handled waits for it here.
        """
        if self.execute(
            "INSERT INTO {s}.inbox (id, answer) VALUES (%(id)s, '{}') ON CONFLICT DO NOTHING", id=id
        ).rowcount:
            return None
        row = self.execute("SELECT answer FROM {s}.inbox WHERE id = %(id)s", id=id).first()
        return dict(row[0]) if row else {}

    def answer(self, id: str, answer: dict[str, Any]) -> None:
        """Remembers the answer to a message."""
        self.execute(
            "UPDATE {s}.inbox SET answer = %(answer)s WHERE id = %(id)s",
            id=id,
            answer=text.dumps(answer),
        )


# The numbers of documents will do: they only grow.
_NEXT = "SELECT nextval(pg_get_serial_sequence('{s}.document', 'seq'))"
# (Again after a lost answer, it changes nothing.)
_OWE = (
    "INSERT INTO {s}.outbox (id, message, due_at) OVERRIDING SYSTEM VALUE"
    " SELECT number, message::jsonb, clock_timestamp() + make_interval(secs => %(grace)s)"
    " FROM unnest(%(numbers)s::bigint[], %(messages)s::text[]) AS o (number, message)"
    " ON CONFLICT DO NOTHING"
)
