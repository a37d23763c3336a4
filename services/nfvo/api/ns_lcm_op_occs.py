# SPDX-License-Identifier: Apache-2.0
"""NS LCM operation occurrences (SOL005 6.4.9 to 6.4.15)."""

from __future__ import annotations

from mano.rest.op_occs import ACTIONS, OpOccs
from nfvo.lcm import occurrences, plans

_handlers = OpOccs(
    occurrences.NS,
    plans.OPERATIONS,
    left_out=("operationParams", "error", "resourceChanges", "lcmCoordinations", "warnings"),
    actions=ACTIONS | {"FAILED_TEMP": ("retry", "rollback", "continue", "fail")},
)
query, read = _handlers.query, _handlers.read
retry, rollback, fail, cancel = (
    _handlers.retry,
    _handlers.rollback,
    _handlers.fail,
    _handlers.cancel,
)
continue_ = retry  # the failed step is done again and the rest follows, which is what retry does
