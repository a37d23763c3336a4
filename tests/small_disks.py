# SPDX-License-Identifier: Apache-2.0
"""Small file systems, to be filled, and a PostgreSQL tablespace on one."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from mano.store import Database, Store


@contextlib.contextmanager
def disk(folder: Path, size: str) -> Iterator[None]:
    """The folder is a file system of so many bytes ("12m")."""
    if os.geteuid():
        pytest.skip("mounting a tmpfs needs root")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("the kernel does not allow to mount a tmpfs here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def tablespace(database: Database, folder: Path, size: str) -> Iterator[str]:
    """Its name; the file system, of so many bytes, is the folder."""
    name = f"small_{os.getpid()}"
    with disk(folder, size):
        try:
            (folder / "pg").mkdir(mode=0o700)
            with administrator(database) as cursor:
                cursor.execute(f"CREATE TABLESPACE {name} LOCATION '{folder / 'pg'}'")
                cursor.execute(f"GRANT CREATE ON TABLESPACE {name} TO PUBLIC")
            yield name
        finally:
            with administrator(database) as cursor:
                tables = "SELECT schemaname, tablename FROM pg_tables WHERE tablespace = %s"
                cursor.execute(tables, (name,))
                for schema, table in cursor.fetchall():
                    cursor.execute(f'DROP TABLE "{schema}"."{table}"')
                cursor.execute(f"DROP TABLESPACE IF EXISTS {name}")


@contextlib.contextmanager
def administrator(database: Database) -> Iterator[Any]:
    """A cursor of who may make tablespaces; embedded he has the services' password."""
    with contextlib.closing(psycopg2.connect(database.url, user="postgres")) as connection:
        connection.autocommit = True
        yield connection.cursor()


def move_content(store: Store, tablespace: str) -> None:
    """Contents of the service lie there from now on."""
    with contextlib.closing(store.database.connect()) as connection:
        table = f'"{store.name}".content'
        connection.cursor().execute(f"ALTER TABLE {table} SET TABLESPACE {tablespace}")
