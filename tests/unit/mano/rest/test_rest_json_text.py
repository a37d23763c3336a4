# SPDX-License-Identifier: Apache-2.0
"""JSON is written as the standard library would write it, whatever a document holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mano.rest import json_text

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON)
def test_what_is_written_reads_as_what_it_was(value: Any) -> None:
    assert json.loads(json_text.write(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, "ä", None]}, '{"a":[1,"ä",null]}'),
        (2**80, str(2**80)),
        ({1: "a number as a key"}, '{"1":"a number as a key"}'),
    ],
)
def test_json_is_compact_and_knows_large_numbers(value: Any, text: str) -> None:
    assert json_text.write(value).decode() == text


def test_half_a_surrogate_pair_is_written_nevertheless() -> None:
    assert json_text.write("\ud800") == b'"\xed\xa0\x80"'
