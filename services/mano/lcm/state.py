# SPDX-License-Identifier: Apache-2.0
"""What is stored of an operation between its runs, and what the signals to it make of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NotRequired, TypedDict, cast


class StoredAnswer(TypedDict):
    """A peer's answer, in the words of HTTP; `key` is "<step>/<key of the request>"."""

    key: str
    status: int
    body: Any
    headers: NotRequired[dict[str, str]]


class Late(TypedDict):
    """What a peer has not answered yet, longer than usual, and why, if it said so."""

    what: str
    peer: str
    since: str
    reason: NotRequired[str]


class Asking(TypedDict):
    """A request that was sent: how often, when it is sent again, how often its peer was away, until
    when it is waited for."""

    times: int
    next: float
    busy: NotRequired[int]
    until: NotRequired[float]
    number: NotRequired[int]  # in the outbox
    late: NotRequired[Late]


class Pursuit(TypedDict):
    """Of an operation that leads along a way: how many requests are open and how many were refused,
    and when one is to be sent again."""

    open: int
    refused: int
    next: float


class State(TypedDict):
    """The position of an operation and what it remembers; `kind` is that of its occurrence."""

    plan: str
    kind: str
    mode: Literal["do", "undo", "parked"]
    position: int
    memo: dict[str, Any]
    answers: dict[str, StoredAnswer]
    asked: dict[str, Asking]
    pursuit: NotRequired[Pursuit]
    retries: NotRequired[int]
    cancelled: NotRequired[bool]
    begun: NotRequired[dict[str, float]]  # by what is waited for only so long, since when


def begin(plan: str, kind: str, memo: dict[str, Any]) -> State:
    """The state of an operation before its first step."""
    return State(plan=plan, kind=kind, mode="do", position=0, memo=memo, answers={}, asked={})


def take(state: State, signal: dict[str, Any]) -> None:
    """An answer of a peer, or an event on the operation, becomes part of its state.

    Events that are not in the table only wake it."""
    if "key" in signal:
        state["answers"][signal["key"]] = cast(StoredAnswer, signal)
    elif signal["event"] in _EVENTS:
        _EVENTS[signal["event"]](state)


def unanswered(state: State) -> int:
    """How many requests of the step that runs wait for an answer."""
    missing = sum(key not in state["answers"] for key in state["asked"])
    return missing + (state["pursuit"]["open"] if "pursuit" in state else 0)


def late(state: State) -> list[Late]:
    """What it waits for longer than usual."""
    return [
        asking["late"]
        for key, asking in state["asked"].items()
        if "late" in asking and key not in state["answers"]
    ]


def go(state: State, position: int) -> None:
    """The step at that position is next."""
    state["position"] = position
    forget_requests(state)


def park(state: State) -> None:
    """The operation waits for somebody to decide."""
    state.pop("cancelled", None)
    state["mode"] = "parked"
    forget_requests(state)


def forget_requests(state: State) -> None:
    """What was asked and answered is done with: the next step, or another try, asks anew."""
    state["answers"], state["asked"] = {}, {}
    state.pop("pursuit", None)


def _retry(state: State) -> None:
    if state["mode"] == "parked":
        state["retries"] = state.get("retries", 0) + 1
        state["mode"] = "do"
        forget_requests(state)


def _rollback(state: State) -> None:
    if state["mode"] == "parked":
        state["mode"] = "undo"
        forget_requests(state)


def _cancel(state: State) -> None:
    if state["mode"] != "parked":
        state["cancelled"] = True


_EVENTS: dict[str, Callable[[State], None]] = {
    "retry": _retry,
    "rollback": _rollback,
    "cancel": _cancel,
}
