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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, "b": {"c": 1, "d": 2, "c": 1}}', "'c' is there twice"),
        ('{"a": 1, "\\u0061": 2}', "'a' is there twice"),
        ('["ok", {"a": "b\\u0000c"}]', "NUL"),
        ('{"a\\u0000": 1}', "NUL"),
        ('["%s"]' % ("ä" * (json_text.LONGEST + 1)), "65537 characters"),
        ('{"%s": 1}' % ("a" * (json_text.LONGEST + 1)), "65537 characters"),
    ],
    ids=["twice", "twice, escaped", "NUL", "NUL in a name", "long", "long name"],
)
def test_what_is_read_in_two_ways_or_by_nobody_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        json_text.read(text.encode())


@pytest.mark.parametrize(
    "value", [{"a": {"a": 1}}, "\\u0000", "ä" * json_text.LONGEST, ["a"] * 100_000, ""]
)
def test_what_only_looks_so_is_read(value: Any) -> None:
    assert json_text.read(json.dumps(value).encode()) == value
