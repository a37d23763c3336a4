# SPDX-License-Identifier: Apache-2.0
"""The network service that an Instantiate NS operation is to make."""

from __future__ import annotations

from mano import lcm
from nfvo import network_service
from nfvo.lcm.memos import InstantiateMemo


def of(op: lcm.Operation[InstantiateMemo]) -> network_service.NetworkService:
    """From the packages that were there when it began."""
    if "sources" not in op.memo:
        instance = op.tx.get(network_service.INSTANCES, op.occurrence["nsInstanceId"]).body
        flavour = op.occurrence["operationParams"]["nsFlavourId"]
        sources = network_service.sources(op.tx, instance["nsdInfoId"], flavour)
        op.memo["sources"] = sources
    return network_service.read(op.tx, op.memo["sources"])
