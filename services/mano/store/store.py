# SPDX-License-Identifier: Apache-2.0
"""A service's store: its connections, its transactions, and what is to happen after each commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import psycopg2
import psycopg2.errors

from mano.store import errors, room, schema
from mano.store.database import Database
from mano.store.statements import Effects
from mano.store.transaction import GONE, READING, SAFE, TOO_LONG, Transaction

log = logging.getLogger(__name__)
Result = TypeVar("Result")

COLLIDED = (psycopg2.errors.DeadlockDetected, psycopg2.errors.SerializationFailure)


class Store:
    """One service's schema in a database.

    `after_commit` is called with the `Effects` of every committed transaction that has any:
    messages to send, jobs to wake. It must be quick; losing it loses nothing but time, for the
    sweeper finds the same things in the tables."""

    def __init__(self, database: Database, name: str):
        self.database, self.name = database, name
        self.after_commit: Callable[[Effects], None] = lambda effects: None

    def migrate(self) -> None:
        """Brings the schema to this version's tables; quick if they are so already."""
        if not self.is_current():
            with self._translated():
                schema.upgrade(self.database, self.name)

    def check_room(self, processes: int = 1) -> None:
        """Unavailable, with the numbers, where the server has no room for the connections of so
        many processes like this one."""
        with self.begin(READING) as tx:
            room.check(tx, self.database.pool.size, processes)

    def is_current(self) -> bool:
        """Whether the schema has this version's tables."""
        return self._revision() == schema.HEAD

    def _revision(self) -> str | None:
        try:
            with self.begin(READING) as tx:
                number = tx.execute("SELECT version_num FROM {s}.alembic_version").scalar()
        except psycopg2.errors.UndefinedTable:
            return None
        return None if number is None else str(number)

    @contextmanager
    def begin(self, kind: str = SAFE) -> Iterator[Transaction]:
        """A transaction: committed at the end of the block, rolled back by any exception. Kinds:
        SAFE is on the disk when the block ends; QUICK need not be, for what can be had again;
        READING changes nothing, so each statement may stand alone, which saves a way to the
        server."""
        with self._translated():
            tx = Transaction(self.database, self.name, kind)
            try:
                yield tx
                tx.commit()
                tx.close()
            except BaseException:
                tx.roll_back()
                if tx.has_written_content:
                    self.free_room()
                raise
        if tx.effects:
            self.after_commit(tx.effects)

    def run(
        self, work: Callable[[Transaction], Result], tries: int = 10, kind: str = SAFE
    ) -> Result:
        """`work` in a transaction, done again when it collided with another one."""
        for attempts_left in reversed(range(tries)):
            try:
                with self.begin(kind) as tx:
                    return work(tx)
            except errors.Stale:
                if not attempts_left:
                    raise
        raise AssertionError("unreachable")

    def answers(self) -> bool:
        """Whether the database can be reached."""
        try:
            with self.begin() as tx:
                tx.execute("SELECT 1")
            return True
        except errors.Unavailable:
            return False

    def free_room(self) -> None:
        """Gives the room of contents that are no more back to the disk.

        The server does so by itself after a while, but not once the disk is full."""
        try:
            with closing(self.database.connect()) as connection:
                connection.cursor().execute(f'VACUUM (SKIP_LOCKED) "{self.name}".content')
        except psycopg2.Error as error:
            log.warning("the room of an upload is not free yet: %s", _first_line(error))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except COLLIDED as error:
            raise errors.Stale("transaction", self.name, 0) from error
        except psycopg2.errors.DiskFull as error:
            raise errors.Unavailable(
                f"the disk of the database of {self.name} is full ({_first_line(error)}); "
                "make room there"
            ) from error
        except TOO_LONG as error:
            raise errors.Unavailable(
                f"the database of {self.name} took too long: {_first_line(error)}"
            ) from error
        except GONE as error:
            raise errors.Unavailable(
                f"the database of {self.name} does not answer: {_first_line(error)}"
            ) from error


def _first_line(error: psycopg2.Error) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
