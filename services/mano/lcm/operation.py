# SPDX-License-Identifier: Apache-2.0
"""An LCM operation as its steps see it: the stored occurrence, a memory, and a way to ask peers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Generic, Protocol, cast

from mano import bus, store
from mano.lcm import patience
from mano.lcm.asking import Answer, Ask, Failed, Wait, check
from mano.lcm.state import Asking, State, StoredAnswer
from mano.sol.documents import Body

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Memo = TypeVar("Memo", covariant=True, default=Any)
else:
    from typing import TypeVar

    Memo = TypeVar("Memo", covariant=True)


class Service(Protocol):
    """What a step needs of the service that runs it."""

    name: str  # where answers go
    settings: Any


class Operation(Generic[Memo]):
    """One run of a step; its transaction is committed when the step returns or waits.

    `Memo` is the TypedDict of what the operation remembers; a function that serves several
    operations and remembers nothing takes an `Operation` of any."""

    def __init__(
        self, service: Service, tx: store.Transaction, job: store.Job, step: str, undoing: bool
    ):
        self.service, self.tx, self.id = service, tx, job.id
        self.state = cast(State, job.state)
        self.step = f"{step}-undo" if undoing else step
        self._document: store.Document | None = None

    @property
    def memo(self) -> Memo:
        """What the operation remembers from step to step (JSON)."""
        return cast(Memo, self.state["memo"])

    @property
    def retries(self) -> int:
        """How often a client has retried it."""
        return self.state.get("retries", 0)

    @property
    def document(self) -> store.Document:
        """The occurrence (NsLcmOpOcc, VnfLcmOpOcc); `save` stores what was changed in its body."""
        if self._document is None:
            self._document = self.tx.get(self.state["kind"], self.id)
        return self._document

    @property
    def occurrence(self) -> Body:
        """The occurrence's body."""
        return self.document.body

    def save(self) -> None:
        """Stores the occurrence."""
        self.tx.put(self.document)

    def ask(self, ask: Ask) -> Answer:
        """The peer's answer; Wait until it is there, Failed if it refused."""
        return self.ask_all([ask])[0]

    def ask_all(self, asks: list[Ask], accept: frozenset[int] = frozenset()) -> list[Answer]:
        """All the answers, in order.

        Sends what was not asked yet, waits while one is missing or the peer is away, fails with all
        refusals together. Statuses in `accept` are no refusals (404 when deleting, say)."""
        answers: list[Answer] = []
        missing: list[Ask] = []
        for ask in asks:
            answer = self._answer(ask)
            if answer is None:
                missing.append(ask)
            else:
                answers.append(answer)
        if missing:
            self._check_in_time(missing)
            raise Wait(min(self._send(ask) for ask in missing))
        check(asks, answers, accept)
        return answers

    def answers(self, asks: list[Ask]) -> list[Answer | None]:
        """What was answered so far; None where nothing was."""
        return [self._answer(ask) for ask in asks]

    def _key(self, ask: Ask) -> str:
        return f"{self.step}/{ask.key}"

    def _answer(self, ask: Ask) -> Answer | None:
        stored = self.state["answers"].get(self._key(ask))
        if stored is None:
            return None
        if stored["status"] in patience.TRANSIENT | ask.again:
            self._forget(ask, stored)
            return None
        return Answer(stored["status"], stored["body"], stored.get("headers", {}))

    def _forget(self, ask: Ask, answer: StoredAnswer) -> None:
        """The answer was none yet."""
        del self.state["answers"][self._key(ask)]
        patience.note_busy(self._asking(ask), ask, Answer(answer["status"], answer["body"]))

    def _asking(self, ask: Ask) -> Asking:
        asked, key = self.state["asked"], self._key(ask)
        if key not in asked:
            asked[key] = patience.begin(ask, self.within(ask))
        return asked[key]

    def within(self, ask: Ask) -> float:
        """Seconds that its answer is waited for."""
        return patience.within(ask, self.service.settings)

    def _check_in_time(self, missing: list[Ask]) -> None:
        """Failed, 504, if one is waited for no longer."""
        for ask in missing:
            if patience.is_over(asking := self._asking(ask)):
                raise Failed(504, patience.silence(ask, asking, self.within(ask)))

    def _send(self, ask: Ask) -> float:
        """Sends the request if it is time to; the seconds until it is time again."""
        asking, now = self._asking(ask), time.time()
        if patience.has_come(asking["next"], now):
            patience.note_sent(asking, ask)
            self.owe(self._message(ask), asking)
        return max(0.01, patience.next_look(asking) - now)

    def owe(self, message: bus.Message, asking: Asking) -> None:
        """The request, unless it still lies in the outbox: from there it is sent by itself."""
        if "number" not in asking or not self.tx.is_owed(asking["number"]):
            asking["number"] = self.tx.owe(message)

    def _message(self, ask: Ask) -> bus.Message:
        key = self._key(ask)
        return bus.request(
            ask.to,
            ask.operation,
            ask.body() if callable(ask.body) else ask.body,
            # The same id each time: the peer does it once, however often it is asked.
            id=ask.id or f"{self.id}/{key}",
            reply_to=self.service.name,
            reply_key=f"{self.id}|{key}",
        )
