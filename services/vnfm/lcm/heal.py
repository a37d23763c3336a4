# SPDX-License-Identifier: Apache-2.0
"""Heal VNF (SOL003 5.4.9): what is broken, and what is named, is replaced.

A VNFC keeps its id, its ports and their addresses; its resource is another one."""

from __future__ import annotations

from mano.composition import Rules
from mano.lcm import composition, ledger
from vnfm import head
from vnfm.lcm import change
from vnfm.lcm.actor import VnfActor
from vnfm.lcm.change import Operation


def _aim(op: Operation) -> None:
    """The same head; what is gone has room, for it goes before another one comes."""
    id = op.occurrence["vnfInstanceId"]
    actor = VnfActor(change.instance(op).body)
    broken = actor.broken(op, id, ledger.rows(op.tx, id))
    named = op.occurrence["operationParams"].get("vnfcInstanceId", [])
    own = head.load(composition.get(op.tx, id).composition.head)
    change.aim(op, own, broken | frozenset(named), Rules(room=0))


PLAN = change.plan("heal", _aim)
