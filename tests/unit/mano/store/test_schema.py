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
from mano.vim import port as mano_port

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


def test_ports_within_a_compute_become_resources_of_their_own(store: Store) -> None:
    name = f"{store.name}_old"
    schema.upgrade(store.database, name, "0003")
    old = Store(store.database, name)
    port = {"name": "op/web-0/http", "cp": "http", "network": "net", "addresses": ["10.0.0.2/24"]}
    compute = {
        "kind": "compute",
        "name": "op/web-0",
        "owner": "vnf",
        "zone": "host-1",
        "spec": {"ports": [port]},
        "detail": {"ports": [{**port, "mac": "02:00:00:00:00:01"}]},
        "inner": {"since": 3},
    }
    with old.begin() as tx:
        tx.add("compute", "c-1", compute, owner="bm")
        tx.add("compute", "c-2", {**compute, "spec": {"ports": []}}, owner="bm")
    schema.upgrade(store.database, name)
    with old.begin() as tx:
        assert tx.get("compute", "c-1").body["spec"]["ports"] == ["op/web-0/http"]
        assert tx.get("compute", "c-2").body["spec"]["ports"] == []
        [found] = tx.find("port", owner="bm")
        assert found.body["spec"]["compute"] == "op/web-0" and found.body["zone"] == "host-1"
        assert found.body["detail"]["mac"] == "02:00:00:00:00:01"
        assert found.id == mano_port.resource_id("bm", "port", "op/web-0/http")
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
