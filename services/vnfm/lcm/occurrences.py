# SPDX-License-Identifier: Apache-2.0
"""VNF LCM operation occurrences (SOL003 5.5.2.13): the VNFM's words for `mano.lcm.occurrences`."""

from __future__ import annotations

from mano import lcm, notifications, store
from mano.lcm import legs
from mano.lcm.occurrences import Change, LifeCycle
from mano.sol import states
from mano.sol.documents import Body
from vnfm import instances
from vnfm.lcm import showing
from vnfm.peers import nfvo

INSTANCES = "vnf_instances"


def filter_words(vnf: store.Document) -> Body:
    """A VNF instance in the words of a VnfInstanceSubscriptionFilter (SOL003 4.4.1.5)."""
    return {
        **vnf.body,
        "vnfdIds": vnf.body["vnfdId"],
        "vnfInstanceIds": vnf.id,
        "vnfInstanceNames": vnf.body.get("vnfInstanceName", ""),
    }


def _notify(tx: store.Transaction, change: Change) -> None:
    """Subscribers hear of it, and the NFVO of what it does not know yet."""
    subject = filter_words(change.instance)
    notifications.owe(tx, "vnflcm", change.notification, change.links, subject)
    if _is_news(change):
        occurrence = change.occurrence
        nfvo.notify(
            tx,
            {
                "id": f"{occurrence.id}/{occurrence.version}",
                "timeStamp": occurrence.body["stateEnteredTime"],
                "version": occurrence.version,
                **change.notification,
            },
        )


def _is_news(change: Change) -> bool:
    """Of a VNF of a network service: all, but that an operation it has just granted goes on.

    Of others: that an operation has ended, for then its reservation ends as well."""
    state = change.occurrence.body["operationState"]
    if change.instance.body.get("_peer"):
        return (change.before, state) != ("STARTING", "PROCESSING")
    return state in states.ENDED


def _settle(tx: store.Transaction, id: str) -> None:
    """The way of the operation is over; one that was given up has left what stands."""
    instances = legs.instances(tx, id)
    legs.end(tx, id)
    if tx.get(VNF.occurrences, id).body["operationState"] == "FAILED":
        for instance in instances:
            document = tx.get(INSTANCES, instance, lock=True)
            if document.body["instantiationState"] == "INSTANTIATED":
                showing.show_again(tx, document)


VNF = LifeCycle(
    instance="VNF",
    instances=INSTANCES,
    instance_id="vnfInstanceId",
    instance_name="vnfInstanceName",
    instance_state="instantiationState",
    instance_link="vnfInstance",
    descriptor_id="vnfdId",
    occurrences="vnf_lcm_op_occs",
    occurrence_id="vnfLcmOpOccId",
    occurrence_link="vnfLcmOpOcc",
    operation="operation",
    entered_time="stateEnteredTime",
    notification="VnfLcmOperationOccurrenceNotification",
    arrows=states.VNF_LCM_OPERATION,
    notify=_notify,
    settle=_settle,
)
record, enter, move_instance = VNF.record, VNF.enter, VNF.move_instance


def tell(op: lcm.Operation, instance: store.Document) -> None:
    """The NFVO hears of what became of a VNF that it leads, where it has not asked for it."""
    if instance.body.get("_peer") and not instance.body.get("_by_peer"):
        instances.tell(op.tx, instance, _base(op))


def links(op: lcm.Operation) -> Body:
    """Links to the occurrence and its instance, as the NFVO's side can follow them."""
    base = _base(op)
    return {
        "vnfLcmOpOcc": {"href": f"{base}/vnf_lcm_op_occs/{op.id}"},
        "vnfInstance": {"href": f"{base}/vnf_instances/{op.occurrence['vnfInstanceId']}"},
    }


def _base(op: lcm.Operation) -> str:
    return f"{op.service.settings.url('vnfm')}/vnflcm/v2"
