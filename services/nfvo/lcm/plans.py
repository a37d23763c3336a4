# SPDX-License-Identifier: Apache-2.0
"""The PLANs of the NFVO by operation."""

from __future__ import annotations

from nfvo.lcm import grant, instantiate, register_host, register_vim, terminate

PLANS = {
    plan.name: plan
    for plan in (
        instantiate.PLAN,
        terminate.PLAN,
        grant.PLAN,
        register_vim.PLAN,
        register_host.PLAN,
    )
}
