# SPDX-License-Identifier: Apache-2.0
"""VNF LCM operation occurrences (SOL003 5.4.12 to 5.4.17)."""

from __future__ import annotations

from mano.rest.op_occs import ACTIONS, OpOccs
from vnfm.lcm import occurrences, plans

_handlers = OpOccs(
    occurrences.VNF,
    plans.OPERATIONS,
    left_out=(
        "operationParams",
        "error",
        "resourceChanges",
        "changedInfo",
        "changedExtConnectivity",
        "lcmCoordinations",
        "modificationsTriggeredByVnfPkgChange",
        "warnings",
    ),
    actions=ACTIONS,
)
query, read = _handlers.query, _handlers.read
retry, rollback = _handlers.retry, _handlers.rollback
fail, cancel = _handlers.fail, _handlers.cancel
