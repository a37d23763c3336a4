# SPDX-License-Identifier: Apache-2.0
"""`mano prune` on the database of a suite."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from mano.store import Database, Store
from tests.suite.typed_suite import Suite


@pytest.fixture
def nfvo(database: Database) -> Iterator[Store]:
    """The tables of an NFVO with five operations of deleted instances, two of them long ago."""
    store = Store(database, "nfvo")
    store.migrate()
    with store.begin() as tx:
        for number in range(5):
            tx.add("ns_lcm_op_occs", str(number), {}, retired=True)
        tx.execute(
            "UPDATE {s}.document SET retired_at = now() - interval '1 hour' WHERE id IN ('1', '3')"
        )
    yield store
    with store.begin() as tx:
        tx.execute('DROP SCHEMA "nfvo" CASCADE')


def prune(tmp_path: pathlib.Path, database: Database, *words: str) -> dict[str, Any]:
    """What it says of those operations."""
    suite = Suite(tmp_path / "data")
    limits = {"MANO_DATABASE_URL": database.url, "MANO_RETENTION_HISTORY": "600"}
    answer = suite.mano("prune", "-o", "json", *words, **limits)
    assert answer.returncode == 0, answer.stderr
    [said] = [kept for kept in json.loads(answer.stdout) if kept["kind"] == "ns_lcm_op_occs"]
    return dict(said)


def ids(store: Store) -> list[str]:
    with store.begin() as tx:
        return [document.id for document in tx.find("ns_lcm_op_occs")]


def test_with_dry_run_it_counts_and_without_it_forgets(
    nfvo: Store, database: Database, tmp_path: pathlib.Path
) -> None:
    said = prune(tmp_path, database, "--dry-run")
    assert (said["service"], said["rows"], said["old"], said["seconds"]) == ("nfvo", 5, 2, 600)
    assert len(ids(nfvo)) == 5
    assert prune(tmp_path, database)["old"] == 2
    assert ids(nfvo) == ["0", "2", "4"]
    assert prune(tmp_path, database)["rows"] == 3


def test_where_no_suite_has_ever_run_it_says_so(tmp_path: pathlib.Path) -> None:
    answer = Suite(tmp_path / "none").mano("prune")
    assert answer.returncode == 1
    assert "no suite has ever run" in answer.stderr
