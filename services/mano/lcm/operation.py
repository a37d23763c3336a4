# SPDX-License-Identifier: Apache-2.0
"""An LCM operation as its steps see it: the stored occurrence, a memory, and a way to ask peers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic

from mano import bus, store

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from mano.service import Service

    Memo = TypeVar("Memo", covariant=True, default=Any)
else:
    from typing import TypeVar

    Memo = TypeVar("Memo", covariant=True)

ASK_AGAIN = 5.0  # seconds until an unanswered request is sent again, doubled each time
ASK_AGAIN_MAX = 60.0
TRANSIENT = frozenset({408, 425, 429, 502, 503, 504})  # the peer is away or busy: not an answer yet


class Wait(Exception):
    """The step cannot go on now: the worker leaves. An answer, an event or the clock (`delay`
    seconds) continues it."""

    def __init__(self, delay: float):
        super().__init__(f"waits at most {delay:.1f} s")
        self.delay = delay


class Failed(Exception):
    """The operation cannot go on without a decision (retry, rollback, fail); `problem` is a
    ProblemDetails. With `ends` it is over at once, in that state."""

    def __init__(self, status: int, detail: str, ends: str = "", **more: Any):
        super().__init__(detail)
        self.ends = ends
        self.problem = {"status": status, "detail": detail, **more}


@dataclass(frozen=True)
class Ask:
    """A request to a peer: `key` is unique in the step, `what` names it for people ("network web");
    an answer with a status in `again` means that it is to be asked again later. The request's id
    comes from step and key; where do and undo must make the same request, they give it one of their
    own in `id`. With `later` the answer is expected to come unasked: it is asked for after so many
    seconds."""

    to: str
    operation: str
    body: Any
    key: str
    what: str
    again: frozenset[int] = frozenset()
    later: float = 0.0
    id: str = ""


@dataclass(frozen=True)
class Answer:
    """A peer's answer to an Ask, in the words of HTTP."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """The id of the resource that Location names: what the request has made or started."""
        return self.headers["Location"].rpartition("/")[2]


class Operation(Generic[Memo]):
    """One run of a step; its transaction is committed when the step returns or waits.

    `Memo` is the TypedDict of what the operation remembers; a function that serves several
    operations and remembers nothing takes an `Operation` of any."""

    def __init__(
        self, service: Service, tx: store.Transaction, job: store.Job, step: str, undoing: bool
    ):
        self.service, self.tx, self.id, self.state, self.step = (
            service,
            tx,
            job.id,
            job.state,
            step + "-undo" * undoing,
        )
        self._document: store.Document | None = None

    @property
    def memo(self) -> Memo:
        """What the operation remembers from step to step (JSON)."""
        memo: Memo = self.state["memo"]
        return memo

    @property
    def document(self) -> store.Document:
        """The occurrence (NsLcmOpOcc, VnfLcmOpOcc); `save` stores what was changed in its body."""
        if self._document is None:
            self._document = self.tx.get(self.state["kind"], self.id)
        return self._document

    @property
    def occurrence(self) -> dict[str, Any]:
        """The occurrence's body."""
        return self.document.body

    def save(self) -> None:
        """Stores the occurrence."""
        self.tx.put(self.document)

    def ask(self, ask: Ask) -> Answer:
        """The peer's answer; Wait until it is there, Failed if it refused."""
        return self.ask_all([ask])[0]

    def ask_all(self, asks: list[Ask], accept: frozenset[int] = frozenset()) -> list[Answer]:
        """All the answers, in order. Sends what was not asked yet, waits while one is missing or
        the peer is away, fails with all refusals together. Statuses in `accept` are not refusals
        (404 when deleting, say)."""
        answers = {ask.key: self._answer(ask) for ask in asks}
        missing = [ask for ask in asks if answers[ask.key] is None]
        if missing:
            raise Wait(min(self._send(ask) for ask in missing))
        found = [answer for ask in asks if (answer := answers[ask.key])]
        refused = [
            (ask, answer)
            for ask, answer in zip(asks, found, strict=True)
            if answer.status >= 400 and answer.status not in accept
        ]
        if refused:
            raise Failed(
                refused[0][1].status, "; ".join(_told(ask, answer) for ask, answer in refused)
            )
        return found

    def _answer(self, ask: Ask) -> Answer | None:
        stored = self.state["answers"].get(f"{self.step}/{ask.key}")
        if stored is None:
            return None
        if (
            stored["status"] in TRANSIENT or stored["status"] in ask.again
        ):  # ask again, a little later each time
            del self.state["answers"][f"{self.step}/{ask.key}"]
            asked = self._asked(ask)
            asked["busy"] = asked.get("busy", 0) + 1
            asked["next"] = time.time() + min(0.2 * 2 ** asked["busy"], 10.0)
            return None
        return Answer(stored["status"], stored["body"], stored.get("headers", {}))

    def _asked(self, ask: Ask) -> dict[str, Any]:
        asked: dict[str, Any] = self.state["asked"].setdefault(
            f"{self.step}/{ask.key}",
            {"times": 0, "next": time.time() + ask.later if ask.later else 0.0},
        )
        return asked

    def _send(self, ask: Ask) -> float:
        asked, now = self._asked(ask), time.time()
        if asked["next"] <= now:
            asked["times"] += 1
            asked["next"] = now + min(ASK_AGAIN * 2 ** (asked["times"] - 1), ASK_AGAIN_MAX)
            # The same id each time: the peer does it once, however often it is asked.
            self.tx.owe(
                bus.request(
                    ask.to,
                    ask.operation,
                    ask.body,
                    id=ask.id or f"{self.id}/{self.step}/{ask.key}",
                    reply_to=self.service.name,
                    reply_key=f"{self.id}|{self.step}/{ask.key}",
                )
            )
        return max(0.01, float(asked["next"]) - now)


def _told(ask: Ask, answer: Answer) -> str:
    said = answer.body.get("detail") if isinstance(answer.body, dict) else None
    return f"{ask.what}: {ask.to} answered {answer.status}: {said or answer.body}"
