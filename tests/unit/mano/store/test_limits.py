# SPDX-License-Identifier: Apache-2.0
"""Time limits of the database, met by locks that another connection really holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from mano.store import Database, Limits, Store, Unavailable

PATIENCE = 8.0  # seconds; a lock is waited for longer where no limit is set


@contextmanager
def held(store: Store, sql: str) -> Iterator[None]:
    """What the statement locks is held by another connection, until the end of the block."""
    with closing(store.database.connect_without_limits()) as other:
        other.cursor().execute("BEGIN;" + sql.replace("{s}", f'"{store.name}"'))
        yield
        other.cursor().execute("ROLLBACK")


def limited(store: Store, **limits: float) -> Store:
    """The same store with other limits."""
    return Store(Database(store.database.url, Limits(**limits)), store.name)


def test_who_waits_for_a_lock_too_long_is_told_so_and_when_to_come_again(store: Store) -> None:
    with store.begin() as tx:
        tx.add("things", "a", {})
    impatient = limited(store, lock=0.2)
    with held(store, "SELECT FROM {s}.document WHERE id = 'a' FOR UPDATE"):
        begin = time.monotonic()
        with pytest.raises(Unavailable, match="lock timeout") as raised, impatient.begin() as tx:
            tx.add("things", "b", {})
            tx.get("things", "a", lock=True)
        assert time.monotonic() - begin < PATIENCE
        assert raised.value.status == 503 and raised.value.headers["Retry-After"]
    with impatient.begin() as tx:  # the connection is as good as before, and nothing was stored
        assert [thing.id for thing in tx.find("things")] == ["a"]
        tx.get("things", "a", lock=True)


def test_a_lock_that_is_met_by_the_first_statement_is_waited_for_once(store: Store) -> None:
    """Not taken for a connection that died unused, on which it would be tried again."""
    impatient = limited(store, lock=0.2)
    with impatient.begin() as tx:
        backend = tx.execute("SELECT pg_backend_pid()").scalar()
    lock = f"SELECT pg_advisory_xact_lock(hashtextextended('\"{store.name}\"/x', 0))"
    with held(store, lock), pytest.raises(Unavailable), impatient.begin() as tx:
        tx.lock("x")
    with impatient.begin() as tx:  # another try would have been another connection's
        assert tx.execute("SELECT pg_backend_pid()").scalar() == backend


def test_a_statement_that_takes_too_long_is_ended(store: Store) -> None:
    impatient = limited(store, statement=0.2)
    with pytest.raises(Unavailable, match="statement timeout"), impatient.begin() as tx:
        tx.execute("SELECT pg_sleep(60)")
    assert impatient.answers()


def test_a_transaction_that_is_left_open_is_ended_and_holds_no_lock(store: Store) -> None:
    with store.begin() as tx:
        tx.add("things", "a", {})
    forgetful = limited(store, idle_in_transaction=0.2)
    with pytest.raises(Unavailable), forgetful.begin() as tx:
        tx.get("things", "a", lock=True)
        with store.begin() as other:  # waits until the server has ended the one around it
            other.get("things", "a", lock=True)
        tx.add("things", "b", {})
    with forgetful.begin() as tx:
        assert [thing.id for thing in tx.find("things")] == ["a"]


def test_migrations_take_as_long_as_they_take(database: Database) -> None:
    impatient = Store(Database(database.url, Limits(0.3, 0.3, 0.3)), "slow_migration")
    lock = "SELECT pg_advisory_xact_lock(hashtextextended('slow_migration', 2))"
    thread = threading.Thread(target=impatient.migrate)
    with held(impatient, lock):  # as by another process that migrates
        thread.start()
        time.sleep(1.0)
        assert thread.is_alive()
    thread.join(30)
    assert impatient.answers()
    with impatient.begin() as tx:
        assert tx.find("things") == []
        tx.execute('DROP SCHEMA "slow_migration" CASCADE')


def test_what_the_url_says_is_the_last_word(database: Database) -> None:
    joint = "&" if "?" in database.url else "?"
    url = f"{database.url}{joint}options=-c%20lock_timeout%3D7000"
    with closing(Database(url).connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        assert cursor.fetchone() == ("7s", "30s")
