# SPDX-License-Identifier: Apache-2.0
"""What a step asks of a peer, what comes of it, and the two ways not to return from a step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

GONE = frozenset({404})  # no refusal of who is to make something gone


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
    seconds. With `within` the operation fails if there is none after so many."""

    to: str
    operation: str
    body: Any
    key: str
    what: str
    again: frozenset[int] = frozenset()
    later: float = 0.0
    within: float = 0.0
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
        if "Location" not in self.headers:  # an answer that was stored before headers were kept
            return str(self.body.get("vnfLcmOpOccId") or self.body["id"])
        return self.headers["Location"].rpartition("/")[2]


def check(asks: Sequence[Ask], answers: Sequence[Answer], accept: Collection[int]) -> None:
    """Failed with every refusal and the peers' own words; statuses in `accept` are none."""
    refusals = [
        (ask, answer)
        for ask, answer in zip(asks, answers, strict=True)
        if answer.status >= 400 and answer.status not in accept
    ]
    if refusals:
        status = refusals[0][1].status
        raise Failed(status, "; ".join(words(ask, answer) for ask, answer in refusals))


def words(ask: Ask, answer: Answer) -> str:
    """A refusal, with the peer's own words."""
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else None
    return f"{ask.what}: {ask.to} answered {answer.status}: {detail or answer.body}"
