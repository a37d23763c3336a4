# SPDX-License-Identifier: Apache-2.0
"""LCM operations: a PLAN of steps, run by one engine.

Its position is stored, so any worker may go on where one died."""

from mano.lcm.asking import Answer, Ask, Failed, Wait
from mano.lcm.operation import Operation
from mano.lcm.plan import Plan, Step

__all__ = ["Answer", "Ask", "Failed", "Operation", "Plan", "Step", "Wait"]
