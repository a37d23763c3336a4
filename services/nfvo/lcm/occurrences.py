# SPDX-License-Identifier: Apache-2.0
"""NS LCM operation occurrences (SOL005 6.5.2.3): the NFVO's words for `mano.lcm.occurrences`."""

from __future__ import annotations

from mano import notifications, store
from mano.lcm.occurrences import Change, LifeCycle
from mano.sol import states
from nfvo import reservations

INSTANCES = "ns_instances"


def _notify(tx: store.Transaction, change: Change) -> None:
    notifications.owe(tx, "nslcm", change.notification, change.links)


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
