# SPDX-License-Identifier: Apache-2.0
"""Connections: shared by the threads, bounded, none inherited by fork, opened anew when the server
has ended them."""

from __future__ import annotations

import os
import re
import threading
import time
from contextlib import closing

import pytest

from mano.store import Database, Limits, Store, Unavailable


@pytest.fixture
def narrow(store: Store) -> Store:
    """The same store with two connections, for which nobody waits long."""
    database = Database(store.database.url, connections=2)
    database.pool.patience = 1.0
    return Store(database, store.name)


def backend(store: Store) -> int:
    """The process of the server that serves a transaction."""
    with store.begin() as tx:
        return int(tx.execute("SELECT pg_backend_pid()").scalar())


def test_a_connection_is_used_again(store: Store) -> None:
    assert backend(store) == backend(store)


def test_many_threads_share_a_few_connections(narrow: Store) -> None:
    backends: list[int] = []
    threads = [
        threading.Thread(target=lambda: backends.extend(backend(narrow) for _ in range(20)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(backends) == 160
    assert len(set(backends)) <= 2


def test_who_finds_all_connections_in_use_is_told_so_and_how_many_there_are(
    narrow: Store,
) -> None:
    with narrow.begin() as one, narrow.begin() as other:
        one.execute("SELECT 1")
        other.execute("SELECT 1")
        with pytest.raises(Unavailable, match=r"all 2 connections .* MANO_DATABASE_CONNECTIONS"):
            backend(narrow)
    assert backend(narrow)


def test_who_waits_for_a_connection_gets_the_first_that_comes_free(store: Store) -> None:
    single = Store(Database(store.database.url, connections=1), store.name)
    backends: list[int] = []
    with single.begin() as tx:
        mine = tx.execute("SELECT pg_backend_pid()").scalar()
        thread = threading.Thread(target=lambda: backends.append(backend(single)))
        thread.start()
        time.sleep(0.1)
        assert backends == []
    thread.join(10)
    assert backends == [mine]


def test_no_error_costs_a_connection(narrow: Store) -> None:
    impatient = Store(
        Database(narrow.database.url, Limits(statement=0.2), connections=1), narrow.name
    )
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), impatient.begin() as tx:
            tx.execute("SELECT 1")
            raise ZeroDivisionError
        with pytest.raises(Unavailable), impatient.begin() as tx:
            tx.execute("SELECT pg_sleep(5)")
        with pytest.raises(Unavailable), impatient.begin() as tx:
            mine = tx.execute("SELECT pg_backend_pid()").scalar()
            end(impatient, mine)
            tx.execute("SELECT 1")
    assert backend(impatient)


def test_no_failed_attempt_to_connect_costs_a_connection(database: Database) -> None:
    nowhere = Store(Database("postgresql://nobody@127.0.0.1:1/none", connections=1), "nowhere")
    for _ in range(3):
        with pytest.raises(Unavailable, match="does not answer"):
            backend(nowhere)


def test_a_forked_child_opens_its_own_and_leaves_that_of_its_parent_alone(store: Store) -> None:
    mine = backend(store)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, str(backend(store)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    answer = os.read(reading, 100)
    os.close(reading)
    os.close(writing)
    assert int(answer) != mine
    assert backend(store) == mine


def test_a_child_that_is_forked_while_all_connections_are_in_use_has_its_own(
    narrow: Store,
) -> None:
    with narrow.begin() as one, narrow.begin() as other:
        one.execute("SELECT 1")
        other.execute("SELECT 1")
        child = os.fork()
        if not child:
            try:
                backend(narrow)
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        assert one.execute("SELECT 1").scalar() == 1


def test_a_server_that_has_ended_all_connections_is_found_again(store: Store) -> None:
    mine = backend(store)
    end(store, mine)
    assert backend(store) != mine


def test_a_process_that_would_exceed_what_the_server_takes_says_so_with_the_numbers(
    store: Store,
) -> None:
    store.check_room()
    limit = int(setting(store, "max_connections"))
    greedy = Store(Database(store.database.url, connections=limit - 10), store.name)
    backend(greedy)  # it has opened one, but may open all of those
    with pytest.raises(Unavailable, match=rf"max_connections {limit}.*may open {limit}"):
        Store(Database(store.database.url, connections=limit), store.name).check_room()
    with pytest.raises(Unavailable, match=r"processes of the suite \d+") as refusal:
        Store(Database(store.database.url, connections=12), store.name).check_room()
    numbers = re.search(r"may open (\d+), .* processes of the suite (\d+)", str(refusal.value))
    assert numbers and int(numbers[1]) == 12 and int(numbers[2]) >= limit - 10


def test_the_children_of_a_worker_are_counted(store: Store) -> None:
    with pytest.raises(Unavailable, match="this process may open 800"):
        store.check_room(processes=100)


def setting(store: Store, name: str) -> str:
    with store.begin() as tx:
        return str(tx.execute("SELECT current_setting(%(name)s)", name=name).scalar())


def end(store: Store, backend: int) -> None:
    """The server ends a connection."""
    with closing(store.database.connect()) as other:
        other.cursor().execute("SELECT pg_terminate_backend(%s)", (backend,))
