# SPDX-License-Identifier: Apache-2.0
"""The tables of a service: made and changed once, by whoever comes first; looked at by all."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import threading

from mano.store import Store, schema

LOADS = """
import sys
from mano.store import Database, Store
url, name = sys.argv[1:]
Store(Database(url), name).migrate()
print(*sorted({"sqlalchemy", "alembic"} & set(sys.modules)))
"""


def test_the_newest_migration_is_the_one_the_quick_check_expects() -> None:
    versions = pathlib.Path(schema.__file__).parent / "migrations" / "versions"
    texts = [path.read_text() for path in versions.glob("*.py")]
    revisions = {re.search(r'^revision = "(.*)"', text, re.M).group(1) for text in texts}  # type: ignore[union-attr]
    parents = {
        match.group(1)
        for text in texts
        if (match := re.search(r'^down_revision = "(.*)"', text, re.M))
    }
    assert revisions - parents == {schema.HEAD}


def test_a_schema_is_migrated_once_by_many(database: object, store: Store) -> None:
    store.migrate()
    threads = [threading.Thread(target=store.migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    with store.begin() as tx:
        assert tx.find("things") == []


def test_tables_that_are_up_to_date_load_no_alembic(store: Store) -> None:
    assert modules_loaded(store.database.url, store.name) == []


def test_tables_that_are_missing_are_made_by_alembic(store: Store) -> None:
    name = f"{store.name}_new"
    assert modules_loaded(store.database.url, name) == ["alembic", "sqlalchemy"]
    with store.begin() as tx:
        tx.execute(f'DROP SCHEMA "{name}" CASCADE')


def modules_loaded(url: str, name: str) -> list[str]:
    """Which of the two a process has loaded once a schema is up to date."""
    process = subprocess.run(
        [sys.executable, "-c", LOADS, url, name],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return process.stdout.split()
