# SPDX-License-Identifier: Apache-2.0
"""What is said of something while, and after, it was waited for."""

from __future__ import annotations

from typing import Any

import pytest

from mano.cli import progress
from mano.cli.failures import Failure

LATE = {"what": "network web", "peer": "vim-simulated", "since": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        ([], "NS shop: PROCESSING, still"),
        ([LATE], "PROCESSING (since 2026-01-01T00:00:00Z waits for network web: vim-simulated"),
        ([{**LATE, "reason": "no power"}, LATE], "waits for no power and 1 more"),
    ],
)
def test_who_gives_up_waiting_is_told_what_it_waits_for(waiting: list[Any], words: str) -> None:
    occurrence: dict[str, Any] = {"operationState": "PROCESSING"}
    if waiting:
        occurrence["waitingFor"] = waiting
    with pytest.raises(Failure) as failure:
        progress.until(
            lambda: occurrence,
            lambda document: False,
            lambda document: f"NS shop: {document['operationState']}",
            0.0,
        )
    assert words in failure.value.message
