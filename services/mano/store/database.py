# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL database: opens connections, and keeps one for each thread."""

from __future__ import annotations

import logging
import os
import threading

import psycopg2
import psycopg2.extras

from mano.store import text
from mano.store.connection import Connection

log = logging.getLogger(__name__)

# What libpq is told at each connection; time limits of statements and locks belong here as well.
OPTIONS = {"connect_timeout": 3, "application_name": "mano"}


class Database:
    """The database at a URL (`postgresql://…`); the stores of several services may share it.

    A connection per transaction would cost five to eight times as much as one per thread."""

    def __init__(self, url: str):
        self.url = url
        self._own = _Own()

    def connect(self) -> Connection:
        """A new connection, for the caller to close."""
        connection: Connection = psycopg2.connect(
            self.url, connection_factory=Connection, **OPTIONS
        )
        connection.autocommit = True  # who needs a transaction says BEGIN
        psycopg2.extras.register_default_jsonb(connection, loads=text.loads)
        return connection

    def connection(self) -> Connection:
        """This thread's connection, opened if there is none."""
        connection = self._own.connection
        if connection is None or connection.closed or self._own.pid != os.getpid():
            connection = self.connect()
            self._own.connection, self._own.pid = connection, os.getpid()
        return connection

    def reconnect(self) -> Connection:
        """This thread's connection, opened anew."""
        self.drop()
        return self.connection()

    def drop(self) -> None:
        """Closes this thread's connection: it is broken."""
        connection, self._own.connection = self._own.connection, None
        if connection is not None:
            try:
                connection.close()
            except psycopg2.Error:
                log.debug("closing a broken connection", exc_info=True)


class _Own(threading.local):
    """What a thread keeps; one inherited by fork belongs to the parent and is not used."""

    connection: Connection | None = None
    pid = 0
