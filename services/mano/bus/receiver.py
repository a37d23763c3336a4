# SPDX-License-Identifier: Apache-2.0
"""What a service does with a message: wake a job, take an answer, or handle a request once and
answer it every time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from mano import problems
from mano.bus import message as messages
from mano.bus.message import Message, Reply
from mano.sol.documents import Body
from mano.store import READING, Stale, Store, Transaction, Unavailable

log = logging.getLogger(__name__)

# (status, body) and perhaps headers; None where the answer comes later (who waits for it is stored)
# or none is due
Response = tuple[int, Any] | tuple[int, Any, dict[str, str]] | None
Route = Callable[[Transaction, Message], Response]  # a SOL request: one transaction
Verb = Callable[[Message], Response]  # a verb of a port: idempotent by nature
AGAIN = (Unavailable, Stale)  # no answer: nothing was done, the message is to come again


class Receiver:
    """`verbs` are idempotent by nature (they find what they made by name); SOL requests are made so
    by the inbox.

    `run` runs a job, `take_answer` hands an answer to the job that asked; what `reply` sends may be
    lost, for it is asked for again."""

    def __init__(
        self,
        store: Store,
        verbs: Mapping[str, Verb],
        sol: Route | None,
        run: Callable[[str], None],
        take_answer: Callable[[str, Body], None],
        reply: Callable[[Message], None],
    ):
        self.store, self.verbs, self.sol = store, verbs, sol
        self.run, self.take_answer, self.reply = run, take_answer, reply

    def deliver(self, message: Message) -> None:
        """Handles a message; an exception means: not handled, bring it again."""
        operation = message["operation"]
        if operation == "due":
            self.run(message["body"]["job"])
        elif operation == "reply":
            self._take_answer(message["body"])
        elif verb := self.verbs.get(operation):
            self._reply_with(message, lambda: verb(message))
        elif (sol := self.sol) is not None and " /" in operation:
            if operation.startswith("GET "):
                self._reply_with(message, lambda: self._read(message, sol))
            else:
                self._handle_once(message, sol)
        else:
            log.error("nobody here knows the operation %r of message %s", operation, message["id"])
            self._refuse(message, 501, f"unknown operation {operation!r}")

    def _take_answer(self, reply: Reply) -> None:
        job, _, key = reply["key"].partition("|")
        self.take_answer(job, {**reply, "key": key})

    def _reply_with(self, message: Message, work: Callable[[], Response]) -> None:
        """What the work gives is the answer, and so is its refusal.

        A verb opens its own transactions, for it may take long (a call to a VIM's API)."""
        try:
            answer = work()
        except AGAIN:
            raise
        except Exception as error:
            problem = problems.of(error)
            answer = problem.status, problem.body()
        if answer is not None and message["reply_to"]:
            self.reply(messages.answer(message, *answer))

    def _read(self, message: Message, route: Route) -> Response:
        return self.store.run(lambda tx: route(tx, message), kind=READING)

    def _handle_once(self, message: Message, route: Route) -> None:
        try:
            self.store.run(lambda tx: _handle(tx, message, route))
        except _Refused as refusal:
            self._refuse(message, refusal.status, refusal.body)
        except AGAIN:
            raise
        except Exception as error:
            problem = problems.of(error)
            self._refuse(message, problem.status, problem.body())

    def _refuse(self, message: Message, status: int, body: object) -> None:
        """What the handler did is undone; only the refusal is stored, and not remembered: it may be
        asked again."""
        if message["reply_to"]:
            body = body if isinstance(body, dict) else {"status": status, "detail": str(body)}
            self.store.run(lambda tx: tx.owe(messages.answer(message, status, body)))


class _Refused(Exception):
    def __init__(self, status: int, body: object):
        self.status, self.body = status, body


def _handle(tx: Transaction, message: Message, route: Route) -> None:
    """Handles a request, or finds the answer that it was given before."""
    former = tx.receive(message["id"])
    if former is not None:
        answer: Response = (former["status"], former["body"], former.get("headers", {}))
    else:
        answer = route(tx, message)
        if answer is not None and answer[0] >= 400:
            raise _Refused(answer[0], answer[1])
        if answer is not None:
            tx.answer(message["id"], dict(zip(("status", "body", "headers"), answer, strict=False)))
    if answer is not None and message["reply_to"]:
        tx.owe(messages.answer(message, *answer))
