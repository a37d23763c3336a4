# SPDX-License-Identifier: Apache-2.0
"""The connections of a process: taken for a transaction, given back after it, never more than were
set."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import weakref
from collections.abc import Callable

import psycopg2

from mano.store import errors
from mano.store.connection import Connection

PATIENCE = 10.0  # seconds that a transaction waits for a connection


class Pool:
    """At most `size` connections, opened when they are needed. The one that was used last is taken
    first: it has the statements prepared.

    A forked child begins with none: those that it inherits are its parent's."""

    def __init__(self, connect: Callable[[], Connection], size: int, patience: float = PATIENCE):
        self.connect, self.size, self.patience = connect, size, patience
        self._begin()
        os.register_at_fork(after_in_child=functools.partial(_begin_anew, weakref.ref(self)))

    def take(self) -> Connection:
        """A connection for the caller alone; Unavailable if none comes free in time."""
        if not self._room.acquire(timeout=self.patience):
            raise errors.Unavailable(
                f"all {self.size} connections of this process to the database have been in use for "
                f"{self.patience:.0f} s; MANO_DATABASE_CONNECTIONS says how many there may be"
            )
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def give_back(self, connection: Connection) -> None:
        """The caller is done with it."""
        if connection.closed:
            self.discard(connection)
        else:
            self._idle.append(connection)
            self._room.release()

    def discard(self, connection: Connection) -> None:
        """The connection is broken, or nobody knows what of its transaction is left."""
        _close(connection)
        self._room.release()

    def replace(self, connection: Connection) -> Connection:
        """A new connection instead of one that the server has ended."""
        _close(connection)
        return self._open()

    def _begin(self) -> None:
        self._idle: list[Connection] = []
        self._room = threading.Semaphore(self.size)

    def _open(self) -> Connection:
        try:
            return self.connect()
        except BaseException:
            self._room.release()
            raise


def _begin_anew(reference: weakref.ref[Pool]) -> None:
    pool = reference()
    if pool is not None:
        pool._begin()


def _close(connection: Connection) -> None:
    with contextlib.suppress(psycopg2.Error):
        connection.close()
