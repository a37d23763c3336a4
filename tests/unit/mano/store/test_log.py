# SPDX-License-Identifier: Apache-2.0
"""What the embedded server writes into its log."""

from __future__ import annotations

import os
import pathlib

import psycopg2.errors
import psycopg2.extensions
import pytest

from mano.store import Store

STATEMENT = (
    """INSERT INTO {s}.document (kind, id, body) VALUES ('things', 'a', '{"key": "hush"}')"""
)


@pytest.mark.skipif("MANO_TEST_DATABASE_URL" in os.environ, reason="the server is not ours")
def test_a_statement_that_fails_is_logged_without_what_it_was_to_store(store: Store) -> None:
    with pytest.raises(psycopg2.errors.UniqueViolation), store.begin() as tx:
        tx.execute(STATEMENT)
        tx.execute(STATEMENT)
    folder = psycopg2.extensions.parse_dsn(store.database.url)["host"]  # of its socket
    log = (pathlib.Path(folder) / "pg.log").read_text()
    assert "duplicate key value" in log
    assert "hush" not in log
