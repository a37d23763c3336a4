# SPDX-License-Identifier: Apache-2.0
"""Names that were terminated: nothing is made under them any more, also by a message that comes
late; so they are remembered for as long as one may."""

from __future__ import annotations

from mano.store import Rule, Transaction

KIND = "closed"  # documents by port.resource_id
RULE = Rule(KIND, "messages", "names that were terminated, from when they were")


def close(tx: Transaction, id: str) -> None:
    """Nothing is made under this id any more."""
    if not is_closed(tx, id):
        tx.add(KIND, id, {}, retired=True)


def is_closed(tx: Transaction, id: str) -> bool:
    """Whether what had this id was terminated."""
    return tx.look(KIND, id) is not None
