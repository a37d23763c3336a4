# SPDX-License-Identifier: Apache-2.0
"""The PLANs of the VNFM."""

from __future__ import annotations

from mano import lcm
from mano.vim import cleanup
from vnfm.lcm import heal, instantiate, scale, terminate

# By LcmOperationType (SOL003 5.5.4.2)
OPERATIONS: dict[str, lcm.Plan] = {
    "INSTANTIATE": instantiate.PLAN,
    "SCALE": scale.PLAN,
    "SCALE_TO_LEVEL": scale.LEVEL_PLAN,
    "HEAL": heal.PLAN,
    "TERMINATE": terminate.PLAN,
}
PLANS = {plan.name: plan for plan in (*OPERATIONS.values(), cleanup.PLAN)}
