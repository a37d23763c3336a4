# SPDX-License-Identifier: Apache-2.0
"""The engine: runs an operation's steps forwards, or their undos backwards, and stores where it is.

A step and the storing of its position are one transaction, so a worker may die at any line: what
was not committed did not happen, and messages go out only after the commit. As long as all goes
well, all the steps up to the next wait are one transaction together with the claim (`run_at_once`);
if anything goes wrong in it, it is rolled back and the steps are run one by one (`run`)."""

from __future__ import annotations

import enum
import logging
import time
from collections.abc import Mapping
from typing import Any, Protocol, cast

from mano import problems, store
from mano.lcm import operation, patience, state
from mano.lcm.asking import Failed, Wait
from mano.lcm.operation import Operation
from mano.lcm.plan import Plan, Step
from mano.lcm.state import State
from mano.sol.documents import Body
from mano.store import text

log = logging.getLogger(__name__)
# Runs in a row that may end in an error nobody foresaw before the operation is said to have failed
UNEXPECTED = 5


class Service(operation.Service, Protocol):
    """What the engine needs of the service whose operations it runs."""

    store: store.Store
    plans: Mapping[str, Plan]


class Outcome(enum.Enum):
    """What becomes of a run: the next step follows, or it is due again at once, or it waits."""

    GO_ON = enum.auto()
    AGAIN = enum.auto()
    LEAVE = enum.auto()


def schedule(
    tx: store.Transaction, plan: Plan, kind: str, id: str, memo: dict[str, Any] | None = None
) -> None:
    """Makes the operation whose occurrence is the document (kind, id) due."""
    tx.schedule(id, "lcm", dict(state.begin(plan.name, kind, memo or {})))


def run(service: Service, job: store.Job) -> bool:
    """Runs a claimed operation as far as it goes; True if it is due again at once."""
    plan = service.plans[job.state["plan"]]
    _take_signals(job)
    outcome = Outcome.GO_ON
    while outcome is Outcome.GO_ON:
        outcome = _attempt(service, plan, job)
    return outcome is Outcome.AGAIN


def run_at_once(service: Service, job: store.Job, tx: store.Transaction) -> bool:
    """Runs an operation that was claimed in this transaction as far as it goes.

    True if it is due again at once. Whatever it raises: roll back and `run` it, which decides what
    becomes of it."""
    plan = service.plans[job.state["plan"]]
    _take_signals(job)
    if delay := _answers_missing(job):
        job.attempts = 0
        return tx.release(job, delay)
    outcome = Outcome.GO_ON
    while outcome is Outcome.GO_ON:
        outcome = _advance(service, plan, job, tx)
    return outcome is Outcome.AGAIN


def _take_signals(job: store.Job) -> None:
    for signal in job.signals:
        state.take(_state(job), signal)


def _answers_missing(job: store.Job) -> float:
    """Seconds to wait where nothing but good answers came and others of the step are to come.

    Then the step need not be run to know that it waits. Else 0."""
    if not job.signals or not all(_is_good_answer(signal) for signal in job.signals):
        return 0.0
    current = _state(job)
    times = [
        asking["next"] for key, asking in current["asked"].items() if key not in current["answers"]
    ]
    now = time.time()
    if not times or any(patience.has_come(at, now) for at in times):
        return 0.0
    return min(times) - now


def _is_good_answer(signal: dict[str, Any]) -> bool:
    status: int = signal.get("status", 0)
    return 200 <= status < 300 and status != 202


def _attempt(service: Service, plan: Plan, job: store.Job) -> Outcome:
    """Runs one step in a transaction of its own."""
    before = text.dumps(job.state)
    try:
        with service.store.begin() as tx:
            outcome = _advance(service, plan, job, tx)
            if outcome is Outcome.GO_ON:
                tx.keep(job)
                job.signal_ids = []
            return outcome
    except (store.Unavailable, store.LeaseLost):
        raise
    except Exception as error:
        job.state = text.loads(before)
        return _decide(service, plan, job, error)


def _decide(service: Service, plan: Plan, job: store.Job, error: Exception) -> Outcome:
    """What becomes of an operation whose step has raised, with the state before it."""
    if isinstance(error, store.Stale):
        return Outcome.GO_ON  # somebody changed a document under us: decide again
    if isinstance(error, Failed):
        return _park(service, plan, job, error.problem, error.ends)
    if isinstance(error, problems.Problem):  # a decision that refuses, or a handler's rule
        return _park(service, plan, job, error.body())
    log.error("operation %s, step at %s", job.id, job.state["position"], exc_info=error)
    if job.attempts < UNEXPECTED:
        with service.store.begin() as tx:
            return _release(tx, job, 0.5 * 2**job.attempts)
    detail = (
        f"internal error in {plan.name}: {error!r}; the log of {service.name} has the details. "
        "Retry or roll back the operation."
    )
    return _park(service, plan, job, {"status": 500, "detail": detail})


def _advance(service: Service, plan: Plan, job: store.Job, tx: store.Transaction) -> Outcome:
    """Runs the step at the position, or ends the operation behind the last."""
    current = _state(job)
    if current["mode"] == "parked":
        return _release(tx, job, store.jobs.PARKED)
    undoing = current["mode"] == "undo"
    if undoing and current["position"] < 0:
        return _end(service, plan, job, tx, "ROLLED_BACK")
    if not undoing and current["position"] == len(plan.steps):
        return _end(service, plan, job, tx, "COMPLETED")
    step = plan.steps[min(current["position"], len(plan.steps) - 1)]
    if current.pop("cancelled", False):
        raise _cancelled(tx.get(current["kind"], job.id), step)
    try:
        _act(service, step, job, tx, undoing)
    except Wait as wait:
        job.attempts = 0
        return _release(tx, job, wait.delay)
    state.go(current, current["position"] + (-1 if undoing else 1))
    job.attempts = 0
    return Outcome.GO_ON


def _cancelled(occurrence: store.Document, step: Step) -> Failed:
    """Of one that is STARTING nothing was done yet: it has ended (SOL003 5.6.2.2)."""
    if occurrence.body.get("operationState") == "STARTING":
        return Failed(409, "cancelled by request before anything was done", ends="ROLLED_BACK")
    return Failed(409, f"cancelled by request before step {step.name!r}; retry or roll back")


def _act(
    service: Service, step: Step, job: store.Job, tx: store.Transaction, undoing: bool
) -> None:
    action = step.undo if undoing else step.do
    if action is not None:
        action(Operation(service, tx, job, step.name, undoing))


def _end(service: Service, plan: Plan, job: store.Job, tx: store.Transaction, ends: str) -> Outcome:
    plan.enter(Operation(service, tx, job, "end", False), ends, None)
    tx.finish(job)
    return Outcome.LEAVE


def _park(service: Service, plan: Plan, job: store.Job, problem: Body, ends: str = "") -> Outcome:
    """The operation has failed for now and waits for retry, rollback or fail.

    Where nobody decides, or with `ends`, it has for good."""
    if plan.ends_on_failure:
        ends = ends or "FAILED"
    if not ends:
        state.park(_state(job))
    with service.store.begin() as tx:
        failed = Operation[Any](service, tx, job, "failed", False)
        plan.enter(failed, ends or "FAILED_TEMP", problem)
        if not ends:
            return _release(tx, job, store.jobs.PARKED)
        tx.finish(job)
        return Outcome.LEAVE


def _release(tx: store.Transaction, job: store.Job, delay: float) -> Outcome:
    return Outcome.AGAIN if tx.release(job, delay) else Outcome.LEAVE


def _state(job: store.Job) -> State:
    return cast(State, job.state)
