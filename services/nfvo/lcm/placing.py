# SPDX-License-Identifier: Apache-2.0
"""Placing, as NS operations and grants do it: one decides at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mano import lcm
from nfvo import capacity, placement, reservations
from nfvo.peers import vims


def place(
    op: lcm.Operation[Any], demands: Sequence[capacity.Demand], vim: str | None = None
) -> dict[str, capacity.Place]:
    """Where each goes; on that VIM, if one is named. The caller reserves it in this transaction."""
    algorithm = placement.algorithm(op.service.settings.placement)
    zones = vims.capacities(op, vim)
    op.tx.lock("placement")
    return algorithm(demands, zones, reservations.total(op.tx))
