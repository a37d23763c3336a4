# SPDX-License-Identifier: Apache-2.0
"""Who may use the embedded PostgreSQL: who knows the password that lies in the data directory.

The services are a role that may do nothing but to its own database: no file, no program."""

from __future__ import annotations

import functools
import hashlib
import pathlib
import secrets
import urllib.parse
from typing import Any

from mano.suite import credentials

ADMIN, SERVICES, DATABASE = "postgres", "mano", "mano"
# For the one start in which passwords are set; nobody else can reach the socket.
OPEN = "local all all trust\n"
# What was made by the administrator, before the services had a role of their own, becomes theirs.
HAND_OVER = f"""
DO $$ DECLARE command text; BEGIN
  FOR command IN
    SELECT format('ALTER SCHEMA %I OWNER TO {SERVICES}', nspname) FROM pg_namespace
    WHERE nspowner = '{ADMIN}'::regrole AND nspname !~ '^(pg_|information_schema$)'
    UNION ALL
    SELECT format('ALTER TABLE %s OWNER TO {SERVICES}', class.oid::regclass)
    FROM pg_class class JOIN pg_namespace space ON space.oid = relnamespace
    WHERE relowner = '{ADMIN}'::regrole AND nspname !~ '^(pg_|information_schema$)'
      AND (relkind IN ('r', 'p', 'v', 'm') OR relkind = 'S' AND NOT EXISTS
        (SELECT FROM pg_depend WHERE objid = class.oid AND deptype IN ('a', 'i')))
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO {SERVICES}', routine.oid::regprocedure)
    FROM pg_proc routine JOIN pg_namespace space ON space.oid = pronamespace
    WHERE proowner = '{ADMIN}'::regrole AND nspname !~ '^(pg_|information_schema$)'
  LOOP EXECUTE command; END LOOP;
END $$
"""


class Users:
    """The users of the PostgreSQL below `folder`, whose socket lies in `socket`."""

    def __init__(self, folder: pathlib.Path, socket: pathlib.Path):
        self.rules = folder / "pg" / "pg_hba.conf"
        self.file = folder / "database.password"
        self.socket = socket

    @functools.cached_property
    def password(self) -> str:
        """Of both roles; made, readable by its owner only, if there is none."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.file.exists():
            credentials.place_once(self.file, secrets.token_urlsafe(32))
        return self.file.read_text().strip()

    @property
    def url(self) -> str:
        """For `store.Database`."""
        where = urllib.parse.quote(str(self.socket), safe="/")
        return f"postgresql://{SERVICES}:{self.password}@/{DATABASE}?host={where}"

    def connect(self, database: str = "postgres") -> Any:
        """The administrator's connection. Raises psycopg2.OperationalError."""
        import psycopg2

        connection = psycopg2.connect(
            host=str(self.socket),
            user=ADMIN,
            password=self.password,
            dbname=database,
            connect_timeout=2,
        )
        connection.autocommit = True
        return connection

    def admit(self) -> None:
        """Before the server starts: it takes this password, or will be told of it."""
        if self.rules.read_text() != self._closed:
            self.rules.write_text(OPEN)

    def set_up(self) -> None:
        """Once the server answers: the roles, the database and what is in it, and a closed door."""
        connection = self.connect()
        with connection.cursor() as cursor:
            if self.rules.read_text() != self._closed:
                self._set_passwords(cursor)
                self.rules.write_text(self._closed)
                cursor.execute("SELECT pg_reload_conf()")
            cursor.execute(
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", (DATABASE,)
            )
            owner = cursor.fetchone()
            if not owner:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {SERVICES}")
            elif owner[0] != SERVICES:
                self._hand_over(cursor)
        connection.close()

    @property
    def _closed(self) -> str:
        """The rules; another password makes them others."""
        digest = hashlib.sha256(self.password.encode()).hexdigest()[:16]
        return f"# password {digest}\nlocal all all scram-sha-256\n"

    def _set_passwords(self, cursor: Any) -> None:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (SERVICES,))
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {SERVICES} LOGIN")
        for role in (ADMIN, SERVICES):
            cursor.execute(f"ALTER ROLE {role} PASSWORD %s", (self.password,))

    def _hand_over(self, cursor: Any) -> None:
        """The database comes last: until then all is done again at the next start."""
        inside = self.connect(DATABASE)
        inside.cursor().execute(HAND_OVER)
        inside.close()
        cursor.execute(f"ALTER DATABASE {DATABASE} OWNER TO {SERVICES}")
