# SPDX-License-Identifier: Apache-2.0
"""NS LCM operation occurrences (SOL005 6.5.2.3): the NFVO's words for `mano.lcm.occurrences`."""

from __future__ import annotations

from mano import notifications, store
from mano.lcm.occurrences import Change, LifeCycle
from mano.sol import states
from mano.sol.documents import Body
from nfvo import reservations

INSTANCES = "ns_instances"


def filter_words(ns: store.Document) -> Body:
    """An NS instance in the words of an NsInstanceSubscriptionFilter (SOL005 6.5.3.33)."""
    return {
        "nsdIds": ns.body["nsdId"],
        "nsInstanceIds": ns.id,
        "nsInstanceNames": ns.body.get("nsInstanceName", ""),
        **ns.body.get("_filterWords", {}),
    }


def _notify(tx: store.Transaction, change: Change) -> None:
    subject = filter_words(change.instance)
    notifications.owe(tx, "nslcm", change.notification, change.links, subject)


NS = LifeCycle(
    instance="NS",
    instances=INSTANCES,
    instance_id="nsInstanceId",
    instance_name="nsInstanceName",
    instance_state="nsState",
    instance_link="nsInstance",
    descriptor_id="nsdId",
    occurrences="ns_lcm_op_occs",
    occurrence_id="nsLcmOpOccId",
    occurrence_link="nsLcmOpOcc",
    operation="lcmOperationType",
    entered_time="statusEnteredTime",
    notification="NsLcmOperationOccurrenceNotification",
    arrows=states.NS_LCM_OPERATION,
    notify=_notify,
    settle=reservations.release,
)
enter, move_instance = NS.enter, NS.move_instance
