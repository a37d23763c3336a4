# SPDX-License-Identifier: Apache-2.0
"""Merge patches: the examples of RFC 7396, and its laws."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mano.rest import merge_patch

# RFC 7396, appendix A: original, patch, result
EXAMPLES = """
{"a":"b"}                 {"a":"c"}                    {"a":"c"}
{"a":"b"}                 {"b":"c"}                    {"a":"b","b":"c"}
{"a":"b"}                 {"a":null}                   {}
{"a":"b","b":"c"}         {"a":null}                   {"b":"c"}
{"a":["b"]}               {"a":"c"}                    {"a":"c"}
{"a":"c"}                 {"a":["b"]}                  {"a":["b"]}
{"a":{"b":"c"}}           {"a":{"b":"d","c":null}}     {"a":{"b":"d"}}
{"a":[{"b":"c"}]}         {"a":[1]}                    {"a":[1]}
["a","b"]                 ["c","d"]                    ["c","d"]
{"a":"b"}                 ["c"]                        ["c"]
{"a":"foo"}               null                         null
{"a":"foo"}               "bar"                        "bar"
{"e":null}                {"a":1}                      {"e":null,"a":1}
[1,2]                     {"a":"b","c":null}           {"a":"b"}
{}                        {"a":{"bb":{"ccc":null}}}    {"a":{"bb":{}}}
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.sampled_from("abc"), JSON, max_size=3)


@pytest.mark.parametrize("example", EXAMPLES.strip().splitlines())
def test_the_examples_of_the_rfc(example: str) -> None:
    target, patch, result = map(json.loads, example.split())
    assert merge_patch.merge(target, patch) == result


def test_the_example_of_the_rfcs_section_3() -> None:
    article = {
        "title": "Goodbye!",
        "author": {"givenName": "John", "familyName": "Doe"},
        "tags": ["example", "sample"],
        "content": "This will be unchanged",
    }
    patch = {
        "title": "Hello!",
        "phoneNumber": "+01-123-456-7890",
        "author": {"familyName": None},
        "tags": ["example"],
    }
    assert merge_patch.merge(article, patch) == {
        "title": "Hello!",
        "author": {"givenName": "John"},
        "tags": ["example"],
        "content": "This will be unchanged",
        "phoneNumber": "+01-123-456-7890",
    }


def without_nulls(value: Any) -> Any:
    """A document that a patch can make: it has no members that are null."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(member) for name, member in value.items() if member is not None}


@given(OBJECT, OBJECT)
def test_a_difference_makes_the_one_of_the_other_and_says_nothing_more(
    before: Any, after: Any
) -> None:
    after = without_nulls(after)
    patch = merge_patch.difference(before, after)
    assert merge_patch.merge(before, patch) == after
    assert merge_patch.difference(after, after) == {}
    for name in patch:
        rest = {key: value for key, value in patch.items() if key != name}
        assert merge_patch.merge(before, rest) != after


@given(JSON, JSON)
def test_a_patch_that_comes_twice_changes_nothing_more(target: Any, patch: Any) -> None:
    before = copy.deepcopy((target, patch))
    once = merge_patch.merge(target, patch)
    assert merge_patch.merge(once, patch) == once
    assert (target, patch) == before
