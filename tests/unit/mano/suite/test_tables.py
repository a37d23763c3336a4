# SPDX-License-Identifier: Apache-2.0
"""The tables are made by a child, so that what makes them does not stay in memory."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mano.store import Database, Store, Unavailable
from mano.suite import tables

CODE = """
import sys
from mano.store import Database, Store
from mano.suite import tables
stores = [Store(Database({url!r}), name) for name in {names!r}]
tables.bring_up_to_date(stores)
print([store.is_current() for store in stores], "sqlalchemy" in sys.modules)
"""


def test_the_tables_of_all_services_are_made_and_nothing_of_it_stays_loaded(
    database: Database,
) -> None:
    names = [f"tables_{os.getpid()}_{number}" for number in range(2)]
    code = CODE.format(url=database.url, names=names)
    try:
        process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert process.stdout.strip() == "[True, True] False", process.stderr
    finally:
        with Store(database, names[0]).begin() as tx:
            for name in names:
                tx.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')


def test_a_database_that_is_away_is_said_so() -> None:
    store = Store(Database("postgresql://nobody@127.0.0.1:1/none"), "tables")
    with pytest.raises(Unavailable, match="does not answer"):
        tables.bring_up_to_date([store])
