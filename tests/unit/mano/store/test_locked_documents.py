# SPDX-License-Identifier: Apache-2.0
"""What a transaction reads again, and what it need not."""

from __future__ import annotations

from collections.abc import Callable

from mano import store

NewStore = Callable[[], store.Store]


def test_what_is_locked_is_not_read_again(new_store: NewStore) -> None:
    things = new_store()
    with things.begin() as tx:
        tx.add("things", "a", {"n": 1})
    with things.begin() as tx:
        locked = tx.get("things", "a", lock=True)
        assert tx.get("things", "a", lock=True) is locked
        tx.remove(locked)
        assert tx.look("things", "a", lock=True) is None


def test_what_was_only_read_is_read_again_to_be_locked(new_store: NewStore) -> None:
    things = new_store()
    with things.begin() as tx:
        tx.add("things", "a", {"n": 1})
    with things.begin() as tx:
        tx.get("things", "a")
        with things.begin() as other:
            thing = other.get("things", "a")
            thing.body["n"] = 2
            other.put(thing)
        assert tx.get("things", "a", lock=True).body == {"n": 2}
