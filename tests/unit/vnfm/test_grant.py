# SPDX-License-Identifier: Apache-2.0
"""What becomes of an operation whose grant is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mano import lcm, store
from vnfm.peers import nfvo


@pytest.mark.parametrize(
    "state, ends",
    [
        pytest.param("STARTING", "ROLLED_BACK", id="at the first try: nothing was done yet"),
        pytest.param("PROCESSING", "", id="after a retry: from there no arrow leads to the end"),
    ],
)
def test_a_refused_grant_ends_an_operation_that_has_not_begun(
    new_store: Callable[[], store.Store], state: str, ends: str
) -> None:
    refusal = {"key": "grant/grant", "status": 403, "body": {"detail": "no room"}}
    job = store.Job(
        "op",
        "lcm",
        0,
        {"kind": "ops", "memo": {}, "answers": {"grant/grant": refusal}, "asked": {}},
    )
    with new_store().begin() as tx:
        tx.add("ops", "op", {"operationState": state})
        op = lcm.Operation(None, tx, job, "grant", False)  # type: ignore[arg-type]  # asks nobody
        with pytest.raises(lcm.Failed, match="no room") as failure:
            nfvo.grant(op, {})
    assert failure.value.ends == ends
