# SPDX-License-Identifier: Apache-2.0
"""What an operation waits for longer than usual, as who asks about it is told."""

from __future__ import annotations

from typing import cast

from mano import store
from mano.lcm.state import State, late
from mano.sol.documents import Body


def shown(tx: store.Transaction, id: str) -> Body:
    """`waitingFor`: what, which peer, since when and why; nothing if all goes as usual.

    It is no part of the stored resource: asking for it changes nothing, and neither does waiting.
    """
    state = tx.job_state(id)
    waiting = late(cast(State, state)) if state and state.get("mode") != "parked" else []
    return {"waitingFor": waiting} if waiting else {}
