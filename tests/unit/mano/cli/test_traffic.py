# SPDX-License-Identifier: Apache-2.0
"""Counters of a forwarding path, as the demo reads them."""

from __future__ import annotations

import pytest

from mano.cli import traffic


@pytest.mark.parametrize(
    ("before", "after", "passed"), [(0, 20, 20), (106, 130, 24), (106, 22, 22), (106, 106, 0)]
)
def test_a_counter_that_began_anew_after_a_reboot_counts_from_nothing(
    before: int, after: int, passed: int
) -> None:
    assert traffic.gained(before, after) == passed
