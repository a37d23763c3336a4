# SPDX-License-Identifier: Apache-2.0
"""What a document may hold comes back as it was; what cannot is refused."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mano import problems
from mano.store import Store

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(-1e15, 1e15, allow_nan=False)
    | TEXT
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)
_numbers = itertools.count()


def stored(store: Store, value: Any) -> Any:
    id = str(next(_numbers))
    with store.begin() as tx:
        tx.add("things", id, {"value": value})
    with store.begin() as tx:
        return tx.get("things", id).body["value"]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(VALUES)
def test_a_value_comes_back_as_it_was(store: Store, value: Any) -> None:
    assert stored(store, value) == value


def test_a_number_that_would_not_come_back_is_refused_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(problems.Problem, match="more than 64 bits") as refusal:
        stored(store, [2**70])
    assert refusal.value.status == 422


def test_numbers_as_keys_become_text_and_nul_is_left_out(store: Store) -> None:
    assert stored(store, {1: "a\0b"}) == {"1": "ab"}
