# SPDX-License-Identifier: Apache-2.0
"""The PLANs of the VNFM by operation."""

from __future__ import annotations

from vnfm.lcm import instantiate, terminate

PLANS = {plan.name: plan for plan in (instantiate.PLAN, terminate.PLAN)}
