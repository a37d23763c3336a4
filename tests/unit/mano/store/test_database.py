# SPDX-License-Identifier: Apache-2.0
"""One connection per thread, none inherited by fork, opened anew when the server has ended it."""

from __future__ import annotations

import os
import threading
from contextlib import closing

from mano.store import Store


def backend(store: Store) -> int:
    """The process of the server that serves this thread."""
    with store.begin() as tx:
        return int(tx.execute("SELECT pg_backend_pid()").scalar())


def test_a_thread_keeps_its_connection(store: Store) -> None:
    assert backend(store) == backend(store)


def test_threads_have_connections_of_their_own(store: Store) -> None:
    backends = [backend(store)]
    threads = [threading.Thread(target=lambda: backends.append(backend(store))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(set(backends)) == 4


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


def test_a_server_that_has_ended_all_connections_is_found_again(store: Store) -> None:
    mine = backend(store)
    with closing(store.database.connect()) as other:
        other.cursor().execute("SELECT pg_terminate_backend(%s)", (mine,))
    assert backend(store) != mine
