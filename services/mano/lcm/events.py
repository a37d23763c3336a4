# SPDX-License-Identifier: Apache-2.0
"""What a client may do with an operation that runs or has failed for now: retry, rollback, fail,
cancel (SOL003 5.4.14 to 5.4.17, SOL005 6.4.11 to 6.4.15). The state changes at once, the engine
follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mano import store
from mano.lcm.plan import Plan
from mano.problems import Problem
from mano.sol import documents, states

# After a change of state: (transaction, the occurrence)
Told = Callable[[store.Transaction, store.Document], None]


def retry(
    tx: store.Transaction, arrows: states.Arrows, occurrence: store.Document, told: Told
) -> None:
    """FAILED_TEMP to PROCESSING: the failed step is done again. Problem 409 after a rollback that
    failed: what it has removed cannot be made again under the same names."""
    if occurrence.body.get("_rolled_back"):
        raise Problem(
            409,
            "The rollback of this operation has begun and failed; the way on is to roll back again, or fail.",
        )
    _move(tx, arrows, occurrence, "PROCESSING", told)
    tx.signal(occurrence.id, {"event": "retry"})


def rollback(
    tx: store.Transaction,
    arrows: states.Arrows,
    occurrence: store.Document,
    told: Told,
    plans: Mapping[str, Plan],
) -> None:
    """FAILED_TEMP to ROLLING_BACK: what was done is undone. Problem 409 where the operation has no
    way back."""
    name = occurrence.body.get("operation", occurrence.body.get("lcmOperationType", ""))
    if name.lower() in plans and not plans[name.lower()].can_roll_back:
        raise Problem(409, f"{name} cannot be rolled back; retry it, or give it up with fail.")
    occurrence.body["_rolled_back"] = True
    _move(tx, arrows, occurrence, "ROLLING_BACK", told)
    tx.signal(occurrence.id, {"event": "rollback"})


def fail(
    tx: store.Transaction, arrows: states.Arrows, occurrence: store.Document, told: Told
) -> None:
    """FAILED_TEMP to FAILED: given up; what was made stays until the instance is terminated."""
    _move(tx, arrows, occurrence, "FAILED", told)
    tx.drop_job(occurrence.id)


def cancel(tx: store.Transaction, occurrence: store.Document, mode: dict[str, Any] | None) -> None:
    """STARTING, PROCESSING or ROLLING_BACK: ends in FAILED_TEMP before the next step."""
    state = occurrence.body["operationState"]
    if state not in ("STARTING", "PROCESSING", "ROLLING_BACK"):
        raise Problem(409, f"The operation is {state}; only one that runs can be cancelled.")
    occurrence.body.update(
        isCancelPending=True, cancelMode=(mode or {}).get("cancelMode", "GRACEFUL")
    )
    tx.put(occurrence)
    tx.signal(occurrence.id, {"event": "cancel"})


def _move(
    tx: store.Transaction, arrows: states.Arrows, occurrence: store.Document, to: str, told: Told
) -> None:
    now = occurrence.body["operationState"]
    if now != "FAILED_TEMP":
        raise Problem(
            409,
            f"The operation is {now}; only one in FAILED_TEMP can be retried, rolled back or failed.",
        )
    states.check(arrows, now, to, "The operation")
    occurrence.body.update(
        operationState=to,
        **{
            name: documents.now()
            for name in ("stateEnteredTime", "statusEnteredTime")
            if name in occurrence.body
        },
    )
    tx.put(occurrence)
    told(tx, occurrence)
