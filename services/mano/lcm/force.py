# SPDX-License-Identifier: Apache-2.0
"""Terminate as the last resort: nothing is waited for without end, no refusal stops it.

What could not be confirmed stands in the occurrence's `warnings`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from mano.lcm.asking import Answer, Ask, Failed, Wait
from mano.lcm.operation import Operation
from mano.problems import Problem
from mano.sol.documents import Body

PATIENCE, MOST_PATIENCE = 30.0, 600.0  # seconds that each kind of request is waited for
ANY = frozenset(range(400, 600))
Result = TypeVar("Result")


@dataclass(frozen=True)
class Force:
    """That an operation is the last resort: {"force": true, "patience": seconds} in a request."""

    patience: float

    def parameters(self) -> Body:
        """As a request says it."""
        return {"force": True, "patience": self.patience}


def of(parameters: Body | None) -> Force | None:
    """What a request's additional parameters say of force; Problem 422 for anything else."""
    parameters = parameters or {}
    patience = parameters.get("patience", PATIENCE)
    if unknown := sorted(parameters.keys() - {"force", "patience"}):
        raise Problem(422, f"A termination takes the parameters force, patience; not {unknown[0]}.")
    if not isinstance(parameters.get("force", False), bool):
        raise Problem(422, "The parameter force is true or false.")
    if not isinstance(patience, int | float) or not 0 < patience <= MOST_PATIENCE:
        raise Problem(422, f"The parameter patience is seconds, at most {MOST_PATIENCE:.0f}.")
    return Force(float(patience)) if parameters.get("force") else None


def ask_all(
    op: Operation[Any], key: str, asks: list[Ask], accept: frozenset[int], seconds: float
) -> list[Ask]:
    """Asks, and warns of each refusal and of each answer that did not come in time: these.

    `key` is unique in the step: what is asked under another one has its own time."""
    within(op, key, seconds, lambda: op.ask_all(asks, ANY))
    unconfirmed = []
    for ask, answer in zip(asks, op.answers(asks), strict=True):
        if reason := _unconfirmed(ask, answer, accept, seconds):
            warn(op, reason)
            unconfirmed.append(ask)
    return unconfirmed


def within(
    op: Operation[Any], key: str, seconds: float, work: Callable[[], Result]
) -> Result | None:
    """What `work` gives; None where it has failed, or still waits so many seconds after its first
    run in this step."""
    since = op.state.setdefault("begun", {}).setdefault(f"{op.step}/{key}", time.time())
    try:
        return work()
    except Wait as wait:
        left = since + seconds - time.time()
        if left > 0:
            raise Wait(min(wait.delay, left)) from wait
    except Failed as failure:
        warn(op, str(failure))
    return None


def warn(op: Operation[Any], words: str) -> None:
    """Adds to the occurrence's warnings."""
    warnings = op.occurrence.setdefault("warnings", [])
    if words not in warnings:
        warnings.append(words)
        op.save()


def _unconfirmed(ask: Ask, answer: Answer | None, accept: frozenset[int], seconds: float) -> str:
    """Why nobody knows that it was done; "" where it was."""
    if answer is None:
        return f"not confirmed: {ask.what}: {ask.to} has not answered within {seconds:.0f} s"
    if answer.status >= 400 and answer.status not in accept:
        body = answer.body if isinstance(answer.body, dict) else {}
        detail = body.get("detail", answer.body)
        return f"not confirmed: {ask.what}: {ask.to} answered {answer.status}: {detail}"
    return ""
