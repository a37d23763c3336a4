# SPDX-License-Identifier: Apache-2.0
"""Scale VNF, and scale it to a level (SOL003 5.4.5, 5.4.6): other numbers of VNFCs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from descriptors import model, resources
from mano import lcm
from mano.lcm import composition
from mano.sol.documents import Body
from vnfm import head
from vnfm.head import Head
from vnfm.lcm import change
from vnfm.lcm.change import Memo, Operation

Target = Callable[[model.VnfDf, Head, Body], Head]


def by_steps(df: model.VnfDf, former: Head, request: Body) -> Head:
    """By a ScaleVnfRequest (SOL003 5.5.2.5)."""
    steps = request.get("numberOfSteps", 1) * (1 if request["type"] == "SCALE_OUT" else -1)
    levels = {**resources.scale_status(df, former.level), **former.scale}
    aspect = request["aspectId"]
    return head.scaled(former, {aspect: levels.get(aspect, 0) + steps})


def to_level(df: model.VnfDf, former: Head, request: Body) -> Head:
    """By a ScaleVnfToLevelRequest (SOL003 5.5.2.6): a level, or scale levels of some aspects."""
    if "instantiationLevelId" in request:
        return replace(former, level=request["instantiationLevelId"], scale={})
    levels = {info["aspectId"]: info["scaleLevel"] for info in request["scaleInfo"]}
    return head.scaled(former, levels)


def _plan(name: str, target: Target) -> lcm.Plan[Memo]:
    def aim(op: Operation) -> None:
        id = op.occurrence["vnfInstanceId"]
        former = head.load(composition.get(op.tx, id).composition.head)
        df = change.flavour_of(op, former)
        change.aim(op, target(df, former, op.occurrence["operationParams"]))

    return change.plan(name, aim)


PLAN = _plan("scale", by_steps)
LEVEL_PLAN = _plan("scale-to-level", to_level)
