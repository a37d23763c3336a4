# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL tablespace on a small file system, to be filled."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mano.store import Database, Store


@contextlib.contextmanager
def tablespace(database: Database, folder: Path, size: str) -> Iterator[str]:
    """Its name; the file system, of so many bytes ("12m"), is the folder."""
    if os.geteuid():
        pytest.skip("mounting a tmpfs needs root")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("the kernel does not allow to mount a tmpfs here")
    name = f"small_{os.getpid()}"
    try:
        (folder / "pg").mkdir(mode=0o700)
        with contextlib.closing(database.connect()) as connection:
            connection.cursor().execute(f"CREATE TABLESPACE {name} LOCATION '{folder / 'pg'}'")
        yield name
    finally:
        with contextlib.closing(database.connect()) as connection:
            tables = "SELECT schemaname, tablename FROM pg_tables WHERE tablespace = %s"
            cursor = connection.cursor()
            cursor.execute(tables, (name,))
            for schema, table in cursor.fetchall():
                cursor.execute(f'DROP TABLE "{schema}"."{table}"')
            cursor.execute(f"DROP TABLESPACE IF EXISTS {name}")
        subprocess.run(["umount", "-l", str(folder)], check=True)


def move_content(store: Store, tablespace: str) -> None:
    """Contents of the service lie there from now on."""
    with contextlib.closing(store.database.connect()) as connection:
        table = f'"{store.name}".content'
        connection.cursor().execute(f"ALTER TABLE {table} SET TABLESPACE {tablespace}")
