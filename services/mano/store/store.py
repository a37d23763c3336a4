# SPDX-License-Identifier: Apache-2.0
"""A service's store: its connections, its transactions, and what is to happen after each commit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import sqlalchemy
from sqlalchemy import pool

from mano.store import errors, schema
from mano.store.connection import Connection
from mano.store.transaction import GONE, SAFE, Effects, Transaction

Result = TypeVar("Result")
log = logging.getLogger(__name__)

COLLIDED = (psycopg2.errors.DeadlockDetected, psycopg2.errors.SerializationFailure)


def engine(url: str) -> sqlalchemy.Engine:
    """The engine for a PostgreSQL URL (`postgresql://…`); stores of several services may share one.

    Connections are kept per thread by `Store`, so the pool itself keeps none.
    """
    url = url.replace("postgresql://", "postgresql+psycopg2://", 1)
    return sqlalchemy.create_engine(
        url,
        poolclass=pool.NullPool,
        pool_reset_on_return=None,
        connect_args={
            "connect_timeout": 3,
            "application_name": "mano",
            "connection_factory": Connection,
        },
    )


class Store:
    """One service's schema in a database.

    `after_commit` is called with the `Effects` of every committed transaction that has any:
    messages to send, jobs to wake. It must be quick; losing it loses nothing but time, for the
    sweeper finds the same things in the tables."""

    def __init__(self, engine: sqlalchemy.Engine, name: str):
        self.engine, self.name = engine, name
        self.after_commit: Callable[[Effects], None] = lambda effects: None

    def migrate(self) -> None:
        """Brings the schema to this version's tables; quick if they are so already."""
        with self._translated():
            schema.migrate(self.engine, self.name)

    @contextmanager
    def begin(self, kind: str = SAFE) -> Iterator[Transaction]:
        """A transaction: committed at the end of the block, rolled back by any exception. Kinds:
        SAFE is on the disk when the block ends; QUICK need not be, for what can be had again;
        READING changes nothing, so each statement may stand alone, which saves a way to the
        server."""
        with self._translated():
            connection = self._connection()
            tx = Transaction(connection, self.name, self._another, kind)
            try:
                yield tx
                tx.commit()
            except BaseException:
                self._rollback(tx)
                raise
        if tx.effects:
            self.after_commit(tx.effects)

    def run(
        self, work: Callable[[Transaction], Result], tries: int = 10, kind: str = SAFE
    ) -> Result:
        """`work` in a transaction, done again when it collided with another one."""
        for left in reversed(range(tries)):
            try:
                with self.begin(kind) as tx:
                    return work(tx)
            except errors.Stale:
                if not left:
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

    def _connection(self) -> Connection:
        connection = _kept.of(self.engine)
        if connection is None or connection.closed:
            # Statements go to the driver itself: SQLAlchemy's way to it takes longer than
            # PostgreSQL does to answer.
            pooled = self.engine.raw_connection()
            connection = cast(Connection, pooled.driver_connection)
            pooled.detach()
            connection.autocommit = True  # transactions open and close their transaction themselves
            _kept.keep(self.engine, connection)
        return connection

    def _another(self) -> Connection:
        self._drop()
        return self._connection()

    def _rollback(self, tx: Transaction) -> None:
        try:
            tx.rollback()
        except Exception:  # the connection is broken: whatever it held is rolled back by the server
            self._drop()

    def _drop(self) -> None:
        connection = _kept.of(self.engine)
        _kept.keep(self.engine, None)
        if connection is not None:
            try:
                connection.close()
            except Exception:
                log.debug("closing a broken connection", exc_info=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlalchemy.exc.DBAPIError, psycopg2.Error) as error:
            cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
            if isinstance(cause, COLLIDED):
                raise errors.Stale("transaction", self.name, 0) from error
            if isinstance(cause, psycopg2.errors.DiskFull):
                raise errors.Unavailable(
                    f"the disk of the database of {self.name} is full ({_first_line(cause)}); "
                    "make room there"
                ) from error
            if isinstance(cause, GONE):
                self._drop()
                raise errors.Unavailable(
                    f"the database of {self.name} does not answer: {_first_line(cause)}"
                ) from error
            raise


class _Kept(threading.local):
    """The connections of this thread, by engine: opening one per transaction would cost five to
    eight times as much."""

    def __init__(self) -> None:
        self.connections: dict[int, Connection | None] = {}

    def of(self, engine: sqlalchemy.Engine) -> Connection | None:
        return self.connections.get(id(engine))

    def keep(self, engine: sqlalchemy.Engine, connection: Connection | None) -> None:
        self.connections[id(engine)] = connection


_kept = _Kept()


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
