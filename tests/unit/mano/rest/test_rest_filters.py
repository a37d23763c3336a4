# SPDX-License-Identifier: Apache-2.0
"""A filter means the same in PostgreSQL and in Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import filter_oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mano.rest import filters
from mano.rest.attributes import Attribute
from mano.store import Database
from mano.store.connection import Connection

NAMES = st.sampled_from(["a", "b", "c d", "é\"'$", "@x", "a/b", "x~y"])
TEXT = st.one_of(
    st.sampled_from(
        [
            "",
            "a",
            "ab",
            "b.c",
            "1",
            "10",
            "-1.5",
            "true",
            "false",
            "null",
            "A",
            "%",
            "\\",
            "it's",
            "(a,b);",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4),
)
NUMBERS = st.one_of(
    st.integers(-20, 20),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1, 1.50, 1e300]),
)
SCALARS = st.one_of(TEXT, NUMBERS, st.booleans(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(NAMES, below, max_size=3)),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=3)


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with closing(database.connect()) as connection:
        yield connection


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace(",", "~a").replace("@", "~b")


@st.composite
def expressions(draw: st.DrawFn) -> str:
    op = draw(st.sampled_from(filters.OPERATORS))
    path = "/".join(
        draw(st.lists(st.one_of(NAMES.map(_name), st.just("@key")), min_size=1, max_size=3))
    )
    word = st.one_of(TEXT, NUMBERS.map(json.dumps))
    words = draw(st.lists(word, min_size=1, max_size=3 if op in filters.SEVERAL else 1))
    return f"({op},{_quoted(path)},{','.join(map(_quoted, words))})"


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(expressions(), min_size=1, max_size=2),
    documents=st.lists(DOCUMENTS, min_size=1, max_size=6),
)
def test_postgresql_and_python_agree(
    connection: Connection, texts: list[str], documents: list[dict[str, Any]]
) -> None:
    asked = filters.parse(";".join(texts))
    where, values = asked.sql()
    cursor = connection.cursor()
    cursor.execute(
        "SELECT place - 1 FROM jsonb_array_elements(%(all)s::jsonb)"
        f" WITH ORDINALITY AS d(body, place) WHERE {where} ORDER BY 1",
        {"all": json.dumps(documents), **values},
    )
    chosen = [row[0] for row in cursor]
    assert chosen == [
        place for place, document in enumerate(documents) if filter_oracle.matches(asked, document)
    ]


def test_a_type_decides_what_a_word_means() -> None:
    tree = Attribute(
        {
            "type": "object",
            "properties": {
                "n": {"type": "integer"},
                "s": {"type": "string"},
                "t": {"type": "string", "format": "date-time"},
            },
        }
    )
    assert filter_oracle.matches(
        filters.parse("(eq,n,5)", tree), {"n": 5}
    ) and not filter_oracle.matches(filters.parse("(eq,s,5)", tree), {"s": 5})
    assert filter_oracle.matches(
        filters.parse("(gt,n,9)", tree), {"n": 10}
    ) and not filter_oracle.matches(filters.parse("(gt,s,9)", tree), {"s": "10"})
    assert filter_oracle.matches(
        filters.parse("(gte,t,2026-01-01T12:00:00+02:00)", tree), {"t": "2026-01-01T10:00:00Z"}
    )
    assert filter_oracle.matches(filters.parse("(eq,s,5)"), {"s": "5"}) and filter_oracle.matches(
        filters.parse("(eq,s,5)"), {"s": 5}
    )


def test_keys_of_a_list_are_those_of_its_objects(connection: Connection) -> None:
    asked = filters.parse("(gt,'b/@key','')")
    where, values = asked.sql()
    cursor = connection.cursor()
    cursor.execute(
        f"SELECT count(*) FROM (SELECT %(one)s::jsonb AS body) AS d WHERE {where}",
        {"one": json.dumps({"b": ["", {"a": None}]}), **values},
    )
    assert cursor.fetchone() == (1,) and filter_oracle.matches(asked, {"b": ["", {"a": None}]})
