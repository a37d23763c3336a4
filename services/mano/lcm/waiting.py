# SPDX-License-Identifier: Apache-2.0
"""What an operation waits for longer than usual, as who asks about it is told."""

from __future__ import annotations

from typing import cast

from mano import store
from mano.lcm import ledger, legs
from mano.lcm.state import Late, State, late
from mano.sol.documents import Body


def shown(tx: store.Transaction, id: str) -> Body:
    """`waitingFor`: what, which peer, since when and why; nothing if all goes as usual.

    It is no part of the stored resource: asking for it changes nothing, and neither does waiting.
    """
    state = cast(State, tx.job_state(id))
    if not state or state.get("mode") == "parked":
        return {}
    waiting = late(state) + (_late_in_ledgers(tx, id) if "pursuit" in state else [])
    return {"waitingFor": waiting} if waiting else {}


def _late_in_ledgers(tx: store.Transaction, id: str) -> list[Late]:
    """What is waited for about the resources of the instances that the operation leads."""
    return [
        request["late"]
        for instance in legs.instances(tx, id)
        for document in ledger.documents(tx, instance)
        if (request := ledger.entry_of(document).get("request")) and "late" in request
    ]
