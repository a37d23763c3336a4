# SPDX-License-Identifier: Apache-2.0
"""What a client may do with an operation that runs or has failed for now.

Retry, rollback, fail, cancel (SOL003 5.4.14 to 5.4.17, SOL005 6.4.11 to 6.4.15). The state changes
at once, the engine follows."""

from __future__ import annotations

from mano import store
from mano.lcm.occurrences import LifeCycle
from mano.lcm.plan import Plan
from mano.problems import Problem
from mano.sol.documents import Body

RUNNING = ("STARTING", "PROCESSING", "ROLLING_BACK")


def retry(
    tx: store.Transaction,
    life_cycle: LifeCycle,
    occurrence: store.Document,
    plan: Plan | None,
) -> None:
    """FAILED_TEMP to PROCESSING: the failed step is done again, or, after a rollback that failed,
    the way to the target is found anew.

    Problem 409 then for an operation that has no way, but steps: what these have removed cannot be
    made again under the same names."""
    _require_stopped(occurrence)
    if occurrence.body.get("_rolled_back") and not (plan and plan.can_turn):
        raise Problem(
            409,
            "The rollback of this operation has begun and failed; the way on is to roll back "
            "again, or fail.",
        )
    _move(tx, life_cycle, occurrence, "PROCESSING")
    tx.signal(occurrence.id, {"event": "retry"})


def rollback(
    tx: store.Transaction,
    life_cycle: LifeCycle,
    occurrence: store.Document,
    plan: Plan | None,
) -> None:
    """FAILED_TEMP to ROLLING_BACK: what was done is undone. Problem 409 where there is no way."""
    _require_stopped(occurrence)
    if plan is not None and not plan.can_roll_back:
        operation = occurrence.body[life_cycle.operation]
        raise Problem(409, f"{operation} cannot be rolled back; retry it, or give it up with fail.")
    occurrence.body["_rolled_back"] = True
    _move(tx, life_cycle, occurrence, "ROLLING_BACK")
    tx.signal(occurrence.id, {"event": "rollback"})


def fail(tx: store.Transaction, life_cycle: LifeCycle, occurrence: store.Document) -> None:
    """FAILED_TEMP to FAILED: given up; what was made stays until the instance is terminated."""
    _require_stopped(occurrence)
    _move(tx, life_cycle, occurrence, "FAILED")
    tx.drop_job(occurrence.id)


def give_up(
    tx: store.Transaction, life_cycle: LifeCycle, instance: store.Document, why: str
) -> None:
    """Whatever runs or has stopped on the instance, which is locked, is FAILED: it is free.

    A worker that is in the middle of it cannot store what it does any more."""
    if not (id := instance.body.get("_operation")):
        return
    occurrence = tx.get(life_cycle.occurrences, id, lock=True)
    if occurrence.body["operationState"] != "FAILED_TEMP":
        occurrence.body["error"] = {"status": 409, "title": "Given up", "detail": why}
        life_cycle.move(tx, occurrence, instance, "FAILED_TEMP")
    life_cycle.move(tx, occurrence, instance, "FAILED")
    tx.drop_job(id)


def check_runs(occurrence: store.Document) -> None:
    """Problem 409 unless there is something to cancel."""
    state = occurrence.body["operationState"]
    if state not in RUNNING:
        raise Problem(409, f"The operation is {state}; only one that runs can be cancelled.")


def cancel(tx: store.Transaction, occurrence: store.Document, request: Body | None) -> None:
    """Ends in FAILED_TEMP before the next step; one that is STARTING in ROLLED_BACK."""
    check_runs(occurrence)
    mode = (request or {}).get("cancelMode", "GRACEFUL")
    occurrence.body.update(isCancelPending=True, cancelMode=mode)
    tx.put(occurrence)
    tx.signal(occurrence.id, {"event": "cancel"})


def _require_stopped(occurrence: store.Document) -> None:
    state = occurrence.body["operationState"]
    if state != "FAILED_TEMP":
        raise Problem(
            409,
            f"The operation is {state}; only one in FAILED_TEMP can be retried, rolled back "
            "or failed.",
        )


def _move(
    tx: store.Transaction, life_cycle: LifeCycle, occurrence: store.Document, state: str
) -> None:
    instance_id = occurrence.body[life_cycle.instance_id]
    instance = tx.get(life_cycle.instances, instance_id, lock=True)
    life_cycle.move(tx, occurrence, instance, state)
