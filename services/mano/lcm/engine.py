# SPDX-License-Identifier: Apache-2.0
"""The engine: runs an operation's steps forwards, or their undos backwards, and stores where it is.

A step and the storing of its position are one transaction, so a worker may die at any line: what
was not committed did not happen, and messages go out only after the commit. As long as all goes
well, all the steps up to the next wait are one transaction together with the claim (`run_at_once`);
if anything goes wrong in it, it is rolled back and the steps are run one by one (`run`)."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

from mano import problems, store
from mano.lcm.operation import Failed, Operation, Wait
from mano.lcm.plan import Plan
from mano.store import text

if TYPE_CHECKING:
    from mano.service import Service

log = logging.getLogger(__name__)
GO_ON, AGAIN, LEAVE = "go on", "again", "leave"
UNEXPECTED = 5  # runs of a step that may end in an error nobody foresaw before the operation is said to have failed


def schedule(
    tx: store.Transaction, plan: Plan, kind: str, id: str, memo: dict[str, Any] | None = None
) -> None:
    """Makes the operation whose occurrence is the document (kind, id) due."""
    tx.schedule(
        id,
        "lcm",
        {
            "plan": plan.name,
            "kind": kind,
            "mode": "do",
            "position": 0,
            "memo": memo or {},
            "answers": {},
            "asked": {},
        },
    )


def run(service: Service, job: store.Job) -> bool:
    """Runs a claimed operation as far as it goes; True if it is due again at once."""
    plan = service.plans[job.state["plan"]]
    for signal in job.signals:
        _take(job.state, signal)
    outcome = GO_ON
    while outcome == GO_ON:
        outcome = _attempt(service, plan, job)
    return outcome == AGAIN


def run_at_once(service: Service, job: store.Job, tx: store.Transaction) -> bool:
    """Runs an operation that was claimed in this transaction as far as it goes; True if it is due
    again at once. Whatever it raises: roll back and `run` it, which decides what becomes of it."""
    plan = service.plans[job.state["plan"]]
    for signal in job.signals:
        _take(job.state, signal)
    if delay := _answers_missing(job):
        return tx.release(job, delay)
    while (outcome := _advance(service, plan, job, tx)) == GO_ON:
        pass
    return outcome == AGAIN


def _answers_missing(job: store.Job) -> float:
    """Seconds to wait where nothing but good answers has come and others of the same step are still
    to come: then the step need not be run to know that it waits. Else 0."""
    if not job.signals or not all(
        200 <= signal.get("status", 0) < 300 and signal["status"] != 202 for signal in job.signals
    ):
        return 0.0
    open_ = [
        asked["next"]
        for key, asked in job.state["asked"].items()
        if key not in job.state["answers"]
    ]
    return max(0.0, min(open_) - time.time()) if open_ else 0.0


def _take(state: dict[str, Any], signal: dict[str, Any]) -> None:
    """An answer of a peer, or an event on the operation, becomes part of its state."""
    if "key" in signal:
        state["answers"][signal["key"]] = signal
        return
    event = signal["event"]
    if event == "retry" and state["mode"] == "parked":
        state["retries"] = state.get("retries", 0) + 1
        state.update(mode="do", answers={}, asked={})
    elif event == "rollback" and state["mode"] == "parked":
        state.update(mode="undo", answers={}, asked={})
    elif event == "cancel" and state["mode"] != "parked":
        state["cancelled"] = True


def _attempt(service: Service, plan: Plan, job: store.Job) -> str:
    before = text.dumps(job.state)
    try:
        with service.store.begin() as tx:
            outcome = _advance(service, plan, job, tx)
            if outcome == GO_ON:
                tx.keep(job)
                job.seen = []
            return outcome
    except Failed as failure:
        job.state = json.loads(before)
        return _park(service, plan, job, failure.problem, failure.ends)
    except store.Stale:
        job.state = json.loads(before)  # somebody changed a document under us: decide again
        return GO_ON
    except (store.Unavailable, store.LeaseLost):
        raise
    except problems.Problem as problem:  # a decision that refuses, or a handler's rule
        job.state = json.loads(before)
        return _park(service, plan, job, problem.body())
    except Exception as error:
        log.exception("operation %s, step at %s", job.id, job.state["position"])
        job.state = json.loads(before)
        if job.attempts < UNEXPECTED:
            return _release(service, job, 0.5 * 2**job.attempts)
        return _park(
            service,
            plan,
            job,
            {
                "status": 500,
                "detail": f"internal error in {plan.name}: {error!r}; the log of "
                f"{service.name} has the details. Retry or roll back the operation.",
            },
        )


def _advance(service: Service, plan: Plan, job: store.Job, tx: store.Transaction) -> str:
    state = job.state
    if state["mode"] == "parked":
        return AGAIN if tx.release(job, store.jobs.PARKED) else LEAVE
    undoing = state["mode"] == "undo"
    if (state["position"] < 0) if undoing else (state["position"] == len(plan.steps)):
        return _end(service, plan, job, tx, "ROLLED_BACK" if undoing else "COMPLETED")
    if state.pop("cancelled", False):
        raise Failed(
            409,
            f"cancelled by request before step {plan.steps[state['position']].name!r}; retry or roll back",
        )
    step = plan.steps[min(state["position"], len(plan.steps) - 1)]
    action = step.undo if undoing else step.do
    try:
        if action is not None:
            action(Operation(service, tx, job, step.name, undoing))
    except Wait as wait:
        job.attempts = (
            0  # it went as it should: only runs that died or ended in an error in a row count
        )
        return AGAIN if tx.release(job, wait.delay) else LEAVE
    state.update(position=state["position"] + (-1 if undoing else 1), answers={}, asked={})
    job.attempts = 0
    return GO_ON


def _end(service: Service, plan: Plan, job: store.Job, tx: store.Transaction, state: str) -> str:
    plan.enter(Operation(service, tx, job, "end", False), state, None)
    tx.finish(job)
    return LEAVE


def _park(
    service: Service, plan: Plan, job: store.Job, problem: dict[str, Any], ends: str = ""
) -> str:
    """The operation has failed for now and waits for retry, rollback or fail; or, where nobody
    decides, for good."""
    if ends or plan.ends_on_failure:
        with service.store.begin() as tx:
            plan.enter(Operation(service, tx, job, "failed", False), ends or "FAILED", problem)
            tx.finish(job)
            return LEAVE
    job.state.pop("cancelled", None)
    job.state.update(mode="parked", answers={}, asked={})
    with service.store.begin() as tx:
        plan.enter(Operation(service, tx, job, "failed", False), "FAILED_TEMP", problem)
        return AGAIN if tx.release(job, store.jobs.PARKED) else LEAVE


def _release(service: Service, job: store.Job, delay: float) -> str:
    with service.store.begin() as tx:
        return AGAIN if tx.release(job, delay) else LEAVE
