# SPDX-License-Identifier: Apache-2.0
"""What is done with is kept for a while, and then forgotten; what is in use never is."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from mano.store import Ages, Database, Rule, Store, keeper, retention, schema

THINGS = Rule("things", "history", "things that are done with")
LONG = "now() - interval '8 days'"


@pytest.fixture
def things(store: Store) -> Store:
    """A store with things of one owner: a in use, b just retired, c and d long ago."""
    with store.begin() as tx:
        for id in "acd":
            tx.add("things", id, {}, owner="o" if id == "a" else "p")
        tx.add("things", "b", {}, retired=True)
        tx.retire("things", owner="p")
        tx.execute(f"UPDATE {{s}}.document SET retired_at = {LONG} WHERE id IN ('c', 'd')")
    return store


def ids(store: Store) -> list[str]:
    with store.begin() as tx:
        return sorted(thing.id for thing in tx.find("things"))


def test_what_was_retired_long_enough_ago_is_forgotten_and_nothing_else(things: Store) -> None:
    assert keeper.forget(things, THINGS) == 2
    assert ids(things) == ["a", "b"]


def test_what_somebody_holds_is_forgotten_later_and_nobody_waits(things: Store) -> None:
    with things.begin() as tx:
        tx.get("things", "c", lock=True)
        assert keeper.forget(things, THINGS) == 1
    assert ids(things) == ["a", "b", "c"]
    assert keeper.forget(things, THINGS) == 1


def test_only_a_batch_is_forgotten_at_once_and_the_rest_follows_without_delay(
    things: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "BATCH", 1)
    monkeypatch.setattr(retention.Retention.forget_old, "__defaults__", (1,))
    own = keeper.Keeper(things, [THINGS])
    assert not own.is_due()
    own.next = 0.0
    left = []
    while own.is_due():
        own.forget()
        left.append(len(ids(things)))
    assert left == [3, 2, 2]


def test_a_database_that_is_away_is_looked_at_again_later(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Store(Database("postgresql://nobody@127.0.0.1:1/none"), "nowhere")
    own = keeper.Keeper(nowhere, [])
    own.next = 0.0
    assert own.is_due()
    own.forget()
    assert "does not answer" in caplog.text
    assert not own.is_due() and own.next < float("inf")


def test_it_is_counted_without_being_forgotten(things: Store) -> None:
    with things.begin() as tx:
        assert (tx.count(THINGS), tx.count_old(THINGS, THINGS.seconds(Ages()))) == (4, 2)
    assert len(ids(things)) == 4


@pytest.mark.parametrize("rule", retention.RULES, ids=lambda rule: str(rule.kind))
def test_rows_of_every_table_that_is_kept_for_a_while_go(
    store: Store, rule: Rule, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    fill: dict[str, Callable[[], None]] = {
        "inbox": lambda: receive(store),
        "outbox": lambda: owe(store),
        "notice": lambda: owe_notice(store),
    }
    fill[rule.kind]()
    assert keeper.forget(store, rule) == 0
    with store.begin() as tx:
        tx.execute(f"UPDATE {{s}}.{rule.table} SET {rule.time} = {LONG}")
    assert keeper.forget(store, rule) == 1
    assert bool(caplog.records) == rule.lost


def receive(store: Store) -> None:
    with store.begin() as tx:
        tx.receive("m")


def owe(store: Store) -> None:
    with store.begin() as tx:
        tx.owe({"id": "m", "to": "nobody"})


def owe_notice(store: Store) -> None:
    with store.begin() as tx:
        tx.owe_notice("subscription", {})


def test_what_is_old_is_found_by_an_index(store: Store) -> None:
    with store.begin() as tx:
        tx.execute(
            "INSERT INTO {s}.document (kind, id, body, retired_at) SELECT 'things', n::text, '{}',"
            " CASE WHEN n % 1000 = 0 THEN now() - interval '9 days' END"
            " FROM generate_series(1, 20000) AS n"
        )
        tx.execute("ANALYZE {s}.document")
        plan = tx.execute(
            "EXPLAIN SELECT FROM {s}.document WHERE kind = 'things'"
            " AND retired_at < now() - make_interval(secs => 3600)"
        )
        assert "document_retired" in str(plan.all())


def test_how_often_is_looked_follows_from_what_is_kept_shortest() -> None:
    assert Ages().look_every() == 600
    assert Ages(history=40, messages=80).look_every() == 10
    assert Ages(history=1, messages=1).look_every() == 1


def test_what_an_older_version_has_left_counts_from_the_upgrade(database: Database) -> None:
    old = Store(database, "retention_of_old")
    schema.upgrade(database, old.name, "0002")
    insert = (
        "INSERT INTO {s}.document (kind, id, owner, body)"
        " VALUES (%(kind)s, %(id)s, %(owner)s, %(body)s)"
    )
    rows = [
        ("closed", "c", None, "{}", True),
        ("grants", "decided", None, '{"_status": 201}', True),
        ("grants", "asked", None, '{"_status": 202}', False),
        ("ns_instances", "living", None, "{}", False),
        ("ns_lcm_op_occs", "of-living", "living", "{}", False),
        ("vnf_lcm_op_occs", "of-deleted", "deleted", "{}", True),
    ]
    with old.begin() as tx:
        for kind, id, owner, body, _ in rows:
            tx.execute(insert, kind=kind, id=id, owner=owner, body=body)
    old.migrate()
    with old.begin() as tx:
        retired = tx.execute("SELECT id FROM {s}.document WHERE retired_at IS NOT NULL").all()
        tx.execute('DROP SCHEMA "retention_of_old" CASCADE')
    assert {id for (id,) in retired} == {id for _, id, _, _, is_retired in rows if is_retired}
