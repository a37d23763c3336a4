# SPDX-License-Identifier: Apache-2.0
"""What registrations of VIMs and hosts have in common: how they end."""

from __future__ import annotations

from typing import Any

from mano import lcm
from mano.sol.documents import Body

WITHIN = 600.0  # seconds in which a VIM's service or a host's agent has to be heard of


def enter(op: lcm.Operation[Any], state: str, error: Body | None) -> None:
    """The resource itself is the operation's document: ENABLED, or in ERROR with the reason."""
    op.occurrence["state"] = "ENABLED" if state == "COMPLETED" else "ERROR"
    op.occurrence.pop("error", None)
    if error:
        op.occurrence["error"] = error
    op.save()
