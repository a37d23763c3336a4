# SPDX-License-Identifier: Apache-2.0
"""Notices: notifications owed to subscribers, in the order in which they came up."""

from __future__ import annotations

from typing import Any

from mano.store import text
from mano.store.statements import Statements


class Notices(Statements):
    """The part of a transaction that deals with notices."""

    def owe_notice(self, subscription: str, body: dict[str, Any]) -> None:
        """Stores a notice for a subscription."""
        self.execute(
            "INSERT INTO {s}.notice (subscription, body) VALUES (%(id)s, %(body)s)",
            id=subscription,
            body=text.dumps(body),
        )

    def next_notice(self, subscription: str) -> tuple[int, dict[str, Any]] | None:
        """The oldest notice of a subscription that was not delivered yet."""
        row = self.execute(
            "SELECT id, body FROM {s}.notice WHERE subscription = %(id)s ORDER BY id LIMIT 1",
            id=subscription,
        ).first()
        return (row[0], row[1]) if row else None

    def remove_notice(self, number: int) -> None:
        """A notice was delivered."""
        self.execute("DELETE FROM {s}.notice WHERE id = %(number)s", number=number)

    def forget_notices(self, subscription: str) -> None:
        """The subscription is gone."""
        self.execute("DELETE FROM {s}.notice WHERE subscription = %(id)s", id=subscription)
