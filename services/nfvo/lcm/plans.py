# SPDX-License-Identifier: Apache-2.0
"""The PLANs of the NFVO."""

from __future__ import annotations

from mano import lcm
from mano.vim import cleanup
from nfvo.lcm import grant, instantiate, register_host, register_vim, terminate

# By NsLcmOperationType (SOL005 6.5.4.7)
OPERATIONS: dict[str, lcm.Plan] = {"INSTANTIATE": instantiate.PLAN, "TERMINATE": terminate.PLAN}
PLANS = {
    plan.name: plan
    for plan in (
        *OPERATIONS.values(),
        grant.PLAN,
        cleanup.PLAN,
        register_vim.PLAN,
        register_host.PLAN,
    )
}
