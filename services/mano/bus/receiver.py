# SPDX-License-Identifier: Apache-2.0
"""What a service does with a message: wake a job, take an answer, or handle a request once and
answer it every time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from mano import problems, store
from mano.bus import message as messages
from mano.bus.message import Message

log = logging.getLogger(__name__)

# (status, body) and perhaps headers; None where the answer comes later (who waits for it is stored)
# or none is due
Said = tuple[int, Any] | tuple[int, Any, dict[str, str]] | None
Route = Callable[[store.Transaction, Message], Said]  # a SOL request: one transaction
Verb = Callable[[Message], Said]  # a verb of a port: idempotent by nature
AGAIN = (
    store.Unavailable,
    store.Stale,
)  # no answer: nothing was done, the message is to come again


class Receiver:
    """`verbs` are idempotent by nature (they find what they made by name); SOL requests are made so
    by the inbox."""

    def __init__(
        self,
        store: store.Store,
        verbs: Mapping[str, Verb],
        sol: Route | None,
        run: Callable[[str], None],
        answered: Callable[[str, Any], None],
    ):
        self.store, self.verbs, self.sol, self.run, self.answered = store, verbs, sol, run, answered

    def deliver(self, message: Message) -> None:
        """Handles a message; an exception means: not handled, bring it again."""
        operation = message["operation"]
        if operation == "due":
            self.run(message["body"]["job"])
        elif operation == "reply":
            self._take_answer(message["body"])
        elif operation in self.verbs:
            self._act(message, self.verbs[operation])
        elif self.sol is not None and " /" in operation:
            self._handle(message, self.sol, once=not operation.startswith("GET "))
        else:
            log.error("nobody here knows the operation %r of message %s", operation, message["id"])
            self._refuse(message, 501, f"unknown operation {operation!r}")

    def _take_answer(self, body: dict[str, Any]) -> None:
        job, _, key = body["key"].partition("|")
        self.answered(job, {**body, "key": key})

    def _act(self, message: Message, verb: Verb) -> None:
        """A verb opens its own transactions, for it may take long (a call to a VIM's API)."""
        try:
            answer = verb(message)
        except AGAIN:
            raise
        except Exception as error:
            problem = problems.of(error)
            answer = problem.status, problem.body()
        if answer is not None and message["reply_to"]:
            # An answer that is lost is asked for again: the disk need not be waited for.
            self.store.run(lambda tx: tx.owe(messages.answer(message, *answer)), kind=store.QUICK)

    def _handle(self, message: Message, route: Route, once: bool) -> None:
        try:
            self.store.run(
                lambda tx: _handled(tx, message, route, once),
                kind=store.SAFE if once else store.QUICK,
            )
        except _Refused as refusal:
            self._refuse(message, refusal.status, refusal.body)
        except AGAIN:
            raise
        except Exception as error:
            problem = problems.of(error)
            self._refuse(message, problem.status, problem.body())

    def _refuse(self, message: Message, status: int, body: Any) -> None:
        """What the handler did is undone; only the refusal is stored, and not remembered: it may be
        asked again."""
        if message["reply_to"]:
            body = body if isinstance(body, dict) else {"status": status, "detail": str(body)}
            self.store.run(lambda tx: tx.owe(messages.answer(message, status, body)))


class _Refused(Exception):
    def __init__(self, status: int, body: Any):
        self.status, self.body = status, body


def _handled(tx: store.Transaction, message: Message, route: Route, once: bool) -> None:
    if once and (before := tx.receive(message["id"])) is not None:
        answer: Said = (before["status"], before["body"], before.get("headers", {}))
    else:
        answer = route(tx, message)
        if answer is not None and answer[0] >= 400:
            raise _Refused(answer[0], answer[1])
        if once and answer is not None:
            tx.answer(message["id"], dict(zip(("status", "body", "headers"), answer, strict=False)))
    if answer is not None and message["reply_to"]:
        tx.owe(messages.answer(message, *answer))
