# SPDX-License-Identifier: Apache-2.0
"""The room that a content took is given back when its transaction comes to nothing."""

from __future__ import annotations

import io
import os

import pytest

from mano.store import Store


def room(store: Store) -> int:
    with store.begin() as tx:
        return int(
            tx.execute(
                "SELECT pg_total_relation_size(%(table)s::regclass)",
                table=f'"{store.name}".content',
            ).scalar()
        )


def test_a_content_that_was_not_committed_takes_no_room(store: Store) -> None:
    before = room(store)
    with (
        pytest.raises(ValueError, match="the client's request came to nothing"),
        store.begin() as tx,
    ):
        tx.write_content("a", io.BytesIO(os.urandom(8 * 2**20)))
        raise ValueError("the client's request came to nothing")
    assert room(store) - before < 2**20


def vacuums(store: Store) -> int:
    with store.begin() as tx:
        return int(
            tx.execute(
                "SELECT pg_stat_get_vacuum_count(%(table)s::regclass)",
                table=f'"{store.name}".content',
            ).scalar()
        )


def test_room_is_looked_for_only_where_something_was_written(store: Store) -> None:
    before = vacuums(store)
    for content, count in ((b"", 0), (b"a", 1)):
        with pytest.raises(ValueError, match="nothing"), store.begin() as tx:
            tx.write_content("a", io.BytesIO(content))
            raise ValueError("it came to nothing")
        assert vacuums(store) - before == count
