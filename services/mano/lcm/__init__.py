# SPDX-License-Identifier: Apache-2.0
"""LCM operations: a PLAN of steps, run by one engine, its position stored; any worker may go on
where one died."""

from mano.lcm.operation import Answer, Ask, Failed, Operation, Wait
from mano.lcm.plan import Plan, Step

__all__ = ["Answer", "Ask", "Failed", "Operation", "Plan", "Step", "Wait"]
