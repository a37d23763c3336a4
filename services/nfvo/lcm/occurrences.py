# SPDX-License-Identifier: Apache-2.0
"""NS LCM operation occurrences (SOL005 6.5.2.3): made, moved from state to state, each move
notified."""

from __future__ import annotations

from typing import Any

from mano import lcm, notifications, store
from mano.lcm import engine
from mano.problems import Problem
from mano.sol import documents, states

KIND = "ns_lcm_op_occs"
INSTANCES = "ns_instances"


def check_free(instance: store.Document) -> None:
    """Problem 409 while an operation runs on the instance."""
    if running := instance.body.get("_operation"):
        raise Problem(
            409,
            f"NS instance {instance.id} is busy: operation {running} has not ended. Wait for it, or "
            f"retry, roll back or fail it at /ns_lcm_op_occs/{running}.",
        )


def start(
    tx: store.Transaction,
    plan: lcm.Plan,
    operation: str,
    instance: store.Document,
    params: dict[str, Any],
) -> store.Document:
    """A new occurrence in PROCESSING, due now."""
    id, time = documents.new_id(), documents.now()
    instance.body["_operation"] = id
    tx.put(instance)
    occurrence = tx.add(
        KIND,
        id,
        {
            "id": id,
            "operationState": "PROCESSING",
            "statusEnteredTime": time,
            "startTime": time,
            "nsInstanceId": instance.id,
            "lcmOperationType": operation,
            "isAutomaticInvocation": False,
            "isCancelPending": False,
            "operationParams": params,
        },
        owner=instance.id,
    )
    engine.schedule(tx, plan, KIND, id)
    _notify(tx, occurrence.body, instance)
    return occurrence


def enter(op: lcm.Operation, state: str, error: dict[str, Any] | None) -> None:
    """Moves the operation's occurrence to a state and tells subscribers; an ended one frees its
    instance."""
    occurrence = op.occurrence
    occurrence.update(operationState=state, statusEnteredTime=documents.now())
    occurrence.pop("error", None)
    instance = op.tx.get(INSTANCES, occurrence["nsInstanceId"], lock=True)
    if error is not None:
        name = instance.body.get("nsInstanceName") or instance.id
        occurrence["error"] = {
            **error,
            "detail": f"NS {name} ({instance.id}), {occurrence['lcmOperationType']}: {error['detail']}",
        }
    occurrence["isCancelPending"] = False
    op.save()
    _ended(op.tx, occurrence, instance)
    _notify(op.tx, occurrence, instance)


def told(tx: store.Transaction, occurrence: store.Document) -> None:
    """A client's event has changed the occurrence."""
    instance = tx.get(INSTANCES, occurrence.body["nsInstanceId"], lock=True)
    _ended(tx, occurrence.body, instance)
    _notify(tx, occurrence.body, instance)


def _ended(tx: store.Transaction, occurrence: dict[str, Any], instance: store.Document) -> None:
    if occurrence["operationState"] in states.ENDED:
        instance.body.pop("_operation", None)
        tx.put(instance)
        reservation = tx.look("reservations", occurrence["id"])
        if reservation is not None:
            tx.remove(reservation)


def _notify(tx: store.Transaction, occurrence: dict[str, Any], instance: store.Document) -> None:
    state = occurrence["operationState"]
    notifications.owe(
        tx,
        "nslcm",
        {
            "notificationType": "NsLcmOperationOccurrenceNotification",
            "operationState": state,
            "nsInstanceId": instance.id,
            "nsdId": instance.body["nsdId"],
            "operation": occurrence["lcmOperationType"],
            "nsLcmOpOccId": occurrence["id"],
            "isAutomaticInvocation": False,
            "notificationStatus": "RESULT"
            if state in states.ENDED or state == "FAILED_TEMP"
            else "START",
            **{name: occurrence[name] for name in ("error",) if name in occurrence},
            **{
                name: changes
                for name, changes in occurrence.get("resourceChanges", {}).items()
                if name.startswith("affected")
            },
        },
        {
            "nsInstance": f"/ns_instances/{instance.id}",
            "nsLcmOpOcc": f"/ns_lcm_op_occs/{occurrence['id']}",
        },
    )
