# SPDX-License-Identifier: Apache-2.0
"""VNF LCM operation occurrences (SOL003 5.5.2.13): made, moved from state to state, each move
notified."""

from __future__ import annotations

from typing import Any

from mano import lcm, notifications, store
from mano.lcm import engine
from mano.problems import Problem
from mano.sol import documents, states
from vnfm.peers import nfvo

KIND = "vnf_lcm_op_occs"


def start(
    tx: store.Transaction,
    plan: lcm.Plan,
    operation: str,
    instance: store.Document,
    params: dict[str, Any],
) -> store.Document:
    """A new occurrence in STARTING, due now."""
    id, time = documents.new_id(), documents.now()
    instance.body["_operation"] = id
    tx.put(instance)
    occurrence = tx.add(
        KIND,
        id,
        {
            "id": id,
            "operationState": "STARTING",
            "stateEnteredTime": time,
            "startTime": time,
            "vnfInstanceId": instance.id,
            "operation": operation,
            "isAutomaticInvocation": False,
            "isCancelPending": False,
            "operationParams": params,
        },
        owner=instance.id,
    )
    engine.schedule(tx, plan, KIND, id)
    _notify(tx, occurrence.body, instance, occurrence.version)
    return occurrence


def check_free(instance: store.Document) -> None:
    """Problem 409 while an operation runs on the instance."""
    if running := instance.body.get("_operation"):
        raise Problem(
            409,
            f"VNF instance {instance.id} is busy: operation {running} has not ended. Wait for it, or "
            f"retry, roll back or fail it at /vnf_lcm_op_occs/{running}.",
        )


def modified(
    tx: store.Transaction, instance: store.Document, change: dict[str, Any]
) -> store.Document:
    """The occurrence of a change of information (MODIFY_INFO), which needs no resources: it has
    ended already."""
    id, time = documents.new_id(), documents.now()
    body = {
        "id": id,
        "operationState": "COMPLETED",
        "stateEnteredTime": time,
        "startTime": time,
        "vnfInstanceId": instance.id,
        "operation": "MODIFY_INFO",
        "isAutomaticInvocation": False,
        "isCancelPending": False,
        "operationParams": change,
        "changedInfo": change,
    }
    occurrence = tx.add(KIND, id, body, owner=instance.id)
    _notify(tx, body, instance, occurrence.version)
    return occurrence


def enter(op: lcm.Operation, state: str, error: dict[str, Any] | None) -> None:
    """Moves the operation's occurrence to a state and tells subscribers; an ended one frees its
    instance."""
    occurrence = op.occurrence
    if occurrence["operationState"] == state and error is None:
        return
    if state in states.ENDED | {"FAILED_TEMP"}:
        occurrence["isCancelPending"] = False
    occurrence.update(operationState=state, stateEnteredTime=documents.now())
    occurrence.pop("error", None)
    instance = op.tx.get("vnf_instances", occurrence["vnfInstanceId"], lock=True)
    if error is not None:
        name = instance.body.get("vnfInstanceName") or instance.id
        occurrence["error"] = {
            **error,
            "detail": f"VNF {name} ({instance.id}), {occurrence['operation']}: {error['detail']}",
        }
    op.save()
    if state in states.ENDED:
        instance.body.pop("_operation", None)
        op.tx.put(instance)
    _notify(op.tx, occurrence, instance, op.document.version)


def links(op: lcm.Operation) -> dict[str, Any]:
    """Links to the occurrence and its instance, as the NFVO's side can follow them."""
    base = f"{op.service.settings.url('vnfm')}/vnflcm/v2"
    return {
        "vnfLcmOpOcc": {"href": f"{base}/vnf_lcm_op_occs/{op.id}"},
        "vnfInstance": {"href": f"{base}/vnf_instances/{op.occurrence['vnfInstanceId']}"},
    }


def told(tx: store.Transaction, occurrence: store.Document) -> None:
    """A client's event has changed the occurrence: subscribers hear of it, and one that has ended
    frees its instance."""
    instance = tx.get("vnf_instances", occurrence.body["vnfInstanceId"], lock=True)
    if occurrence.body["operationState"] in states.ENDED:
        instance.body.pop("_operation", None)
        tx.put(instance)
    _notify(tx, occurrence.body, instance, occurrence.version)


def _notify(
    tx: store.Transaction, occurrence: dict[str, Any], instance: store.Document, version: int
) -> None:
    state = occurrence["operationState"]
    notification = {
        "notificationType": "VnfLcmOperationOccurrenceNotification",
        "operationState": state,
        "notificationStatus": "RESULT"
        if state in states.ENDED or state == "FAILED_TEMP"
        else "START",
        "vnfInstanceId": instance.id,
        "vnfdId": instance.body["vnfdId"],
        "operation": occurrence["operation"],
        "isAutomaticInvocation": False,
        "vnfLcmOpOccId": occurrence["id"],
        **{name: occurrence[name] for name in ("error",) if name in occurrence},
        **{
            name: changes
            for name, changes in occurrence.get("resourceChanges", {}).items()
            if name.startswith("affected")
        },
    }
    notifications.owe(
        tx,
        "vnflcm",
        notification,
        {
            "vnfInstance": f"/vnf_instances/{instance.id}",
            "vnfLcmOpOcc": f"/vnf_lcm_op_occs/{occurrence['id']}",
        },
    )
    if instance.body.get("_peer"):
        nfvo.notify(
            tx,
            {
                "id": f"{occurrence['id']}/{version}",
                "timeStamp": occurrence["stateEnteredTime"],
                "version": version,
                **notification,
            },
        )
