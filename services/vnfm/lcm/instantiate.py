# SPDX-License-Identifier: Apache-2.0
"""Instantiate VNF (SOL003 5.4.4): from nothing to what the request says."""

from __future__ import annotations

from mano import lcm
from mano.lcm import legs
from mano.problems import Problem
from vnfm import head
from vnfm.lcm import change, occurrences
from vnfm.lcm.change import Memo, Operation


def _aim(op: Operation) -> None:
    vnfd = change.instance(op).body["vnfdId"]
    change.aim(op, head.instantiate(vnfd, op.occurrence["operationParams"]))


def _grant(op: Operation) -> None:
    """Whatever happens from now on, terminate finds what was made: `_resources` says so."""
    change.grant(op)
    [leg] = legs.get(op.tx, op.id).legs
    document = change.instance(op, lock=True)
    document.body["_resources"] = {"flavour": leg.target.head["flavour"]}
    op.tx.put(document)
    if leg.target.parts and not document.body["vimConnectionInfo"]:
        raise Problem(
            409,
            f"Grant {op.occurrence['grantId']} names no VIM (vimConnectionInfo) in which the VNF "
            "is to be. Roll back, and have the NFVO grant one.",
        )


def _undo_grant(op: Operation) -> None:
    document = change.instance(op, lock=True)
    for name in ("vimConnectionInfo", "_placement", "_resources"):
        document.body.pop(name, None)
    op.tx.put(document)


def _record(op: Operation) -> None:
    document = change.instance(op, lock=True)
    occurrences.move_instance(document, "INSTANTIATED")
    op.tx.put(document)
    change.record(op)


PLAN = lcm.Plan[Memo](
    "instantiate",
    (
        lcm.Step("aim", _aim),
        lcm.Step("grant", _grant, _undo_grant),
        lcm.Step("pursue", change.pursue, change.go_back),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
    can_turn=True,
)
