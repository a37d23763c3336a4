# SPDX-License-Identifier: Apache-2.0
"""An LCM operation as its steps see it: the stored occurrence, a memory, and a way to ask peers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, cast

from mano import bus, store
from mano.lcm.state import Asking, State
from mano.sol.documents import Body

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Memo = TypeVar("Memo", covariant=True, default=Any)
else:
    from typing import TypeVar

    Memo = TypeVar("Memo", covariant=True)

ASK_AGAIN = 5.0  # seconds until an unanswered request is sent again, doubled each time
ASK_AGAIN_MAX = 60.0
BUSY, BUSY_MAX = 0.2, 10.0  # seconds until a peer that was away is asked again, doubled each time
TRANSIENT = frozenset({408, 425, 429, 502, 503, 504})  # the peer is away or busy: not an answer yet


class Wait(Exception):
    """The step cannot go on now: the worker leaves.

    An answer, an event or the clock (`delay` seconds) continues it."""

    def __init__(self, delay: float):
        super().__init__(f"waits at most {delay:.1f} s")
        self.delay = delay


class Failed(Exception):
    """The operation cannot go on without a decision (retry, rollback, fail).

    `problem` is a ProblemDetails. With `ends` it is over at once, in that state."""

    def __init__(self, status: int, detail: str, ends: str = "", **more: Any):
        super().__init__(detail)
        self.ends = ends
        self.problem = {"status": status, "detail": detail, **more}


@dataclass(frozen=True)
class Ask:
    """A request to a peer; `key` is unique in the step, `what` names it for people ("network web").

    A `body` that is long to make may be a function: it is called when the request is sent.
    An answer with a status in `again` means that it is to be asked again later. The request's id
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
            raise Wait(min(self._send(ask) for ask in missing))
        _check(asks, answers, accept)
        return answers

    def _key(self, ask: Ask) -> str:
        return f"{self.step}/{ask.key}"

    def _answer(self, ask: Ask) -> Answer | None:
        stored = self.state["answers"].get(self._key(ask))
        if stored is None:
            return None
        if stored["status"] in TRANSIENT | ask.again:
            self._forget(ask)
            return None
        return Answer(stored["status"], stored["body"], stored.get("headers", {}))

    def _forget(self, ask: Ask) -> None:
        """The answer was none yet: it is asked again, a little later each time."""
        del self.state["answers"][self._key(ask)]
        asking = self._asking(ask)
        asking["busy"] = asking.get("busy", 0) + 1
        asking["next"] = time.time() + _doubled(BUSY, asking["busy"], BUSY_MAX)

    def _asking(self, ask: Ask) -> Asking:
        first = time.time() + ask.later if ask.later else 0.0
        return self.state["asked"].setdefault(self._key(ask), Asking(times=0, next=first))

    def _send(self, ask: Ask) -> float:
        """Sends the request if it is time to; the seconds until it is time again."""
        asking, now = self._asking(ask), time.time()
        if asking["next"] <= now:
            asking["next"] = now + _doubled(ASK_AGAIN, asking["times"], ASK_AGAIN_MAX)
            asking["times"] += 1
            self.tx.owe(self._message(ask))
        return max(0.01, asking["next"] - now)

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


def _doubled(seconds: float, times: int, limit: float) -> float:
    return min(seconds * 2.0**times, limit)


def _check(asks: list[Ask], answers: list[Answer], accept: frozenset[int]) -> None:
    """Failed with every refusal and the peers' own words."""
    refusals = [
        (ask, answer)
        for ask, answer in zip(asks, answers, strict=True)
        if answer.status >= 400 and answer.status not in accept
    ]
    if refusals:
        status = refusals[0][1].status
        raise Failed(status, "; ".join(_words(ask, answer) for ask, answer in refusals))


def _words(ask: Ask, answer: Answer) -> str:
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else None
    return f"{ask.what}: {ask.to} answered {answer.status}: {detail or answer.body}"
