# SPDX-License-Identifier: Apache-2.0
"""What the NFVO hears of operations on VNFs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mano import lcm, store
from vnfm.lcm import occurrences, plans


def states_told(new_store: Callable[[], store.Store], peer: bool, states: list[str]) -> list[str]:
    """Of an instance that the NFVO made, or somebody else: which states it hears of."""
    body = {"id": "i", "vnfdId": "d", "instantiationState": "NOT_INSTANTIATED", "_peer": peer}
    things, effects = new_store(), list[store.Effects]()
    things.after_commit = effects.append
    with things.begin() as tx:
        instance = tx.add(occurrences.INSTANCES, "i", body)
        plan = plans.OPERATIONS["INSTANTIATE"]
        started = occurrences.VNF.start(tx, plan, "INSTANTIATE", instance, {})
        job = store.Job(started.id, "lcm", 0, {"kind": started.kind, "memo": {}})
        op = lcm.Operation(None, tx, job, "step", False)  # type: ignore[arg-type]  # asks nobody
        for state in states:
            occurrences.enter(op, state, None)
    messages = [message for effect in effects for _, message in effect.messages]
    return [
        message["body"]["operationState"]
        for message in messages
        if message["operation"] == "vnflcm_notification"
    ]


@pytest.mark.parametrize(
    "peer, heard",
    [
        pytest.param(True, ["STARTING", "FAILED_TEMP", "PROCESSING", "COMPLETED"], id="its VNFs"),
        pytest.param(False, ["COMPLETED"], id="VNFs of others, whose reservations end"),
    ],
)
def test_the_nfvo_hears_what_it_does_not_know_yet(
    new_store: Callable[[], store.Store], peer: bool, heard: list[str]
) -> None:
    states = ["PROCESSING", "FAILED_TEMP", "PROCESSING", "COMPLETED"]
    assert states_told(new_store, peer, states) == heard
