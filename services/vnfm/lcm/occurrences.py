# SPDX-License-Identifier: Apache-2.0
"""VNF LCM operation occurrences (SOL003 5.5.2.13): the VNFM's words for `mano.lcm.occurrences`."""

from __future__ import annotations

from mano import lcm, notifications, store
from mano.lcm.occurrences import Change, LifeCycle
from mano.sol import states
from mano.sol.documents import Body
from vnfm.peers import nfvo

INSTANCES = "vnf_instances"


def _notify(tx: store.Transaction, change: Change) -> None:
    """Subscribers hear of it, and the NFVO where the instance is one of its network services; of
    all others it hears the end, and with it that what a grant had reserved is free."""
    notifications.owe(tx, "vnflcm", change.notification, change.links)
    occurrence = change.occurrence
    if change.instance.body.get("_peer") or occurrence.body["operationState"] in states.ENDED:
        nfvo.notify(
            tx,
            {
                "id": f"{occurrence.id}/{occurrence.version}",
                "timeStamp": occurrence.body["stateEnteredTime"],
                "version": occurrence.version,
                **change.notification,
            },
        )


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
)
start, record = VNF.start, VNF.record
check_free, enter, move_instance = VNF.check_free, VNF.enter, VNF.move_instance


def links(op: lcm.Operation) -> Body:
    """Links to the occurrence and its instance, as the NFVO's side can follow them."""
    base = f"{op.service.settings.url('vnfm')}/vnflcm/v2"
    return {
        "vnfLcmOpOcc": {"href": f"{base}/vnf_lcm_op_occs/{op.id}"},
        "vnfInstance": {"href": f"{base}/vnf_instances/{op.occurrence['vnfInstanceId']}"},
    }
