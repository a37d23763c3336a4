# SPDX-License-Identifier: Apache-2.0
"""What a client sees of a limit of the database."""

from __future__ import annotations

from contextlib import closing

import httpx
import pytest
from rest_example import SETTINGS, THINGS

from mano.rest import auth, server
from mano.rest.app import make_app
from mano.store import Database, Limits, Store

PATCH = {"Content-Type": "application/merge-patch+json"}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_lock_that_is_waited_for_too_long_is_503_with_retry_after(
    things_store: Store, method: str
) -> None:
    store = Store(Database(things_store.database.url, Limits(lock=0.3)), things_store.name)
    token = auth.Authority(SETTINGS).issue("boss", ["admin"])
    running = server.serve([(make_app([THINGS], store, SETTINGS), "127.0.0.1", 0)])
    root = f"http://127.0.0.1:{running.ports[0]}{THINGS.base}"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with (
            httpx.Client(base_url=root, headers=headers) as client,
            closing(store.database.connect_without_limits()) as other,
        ):
            path = client.post("/things", json={"name": "a"}).headers["Location"]
            sql = f'BEGIN;SELECT FROM "{store.name}".document WHERE id = %s FOR UPDATE'
            other.cursor().execute(sql, (path.rpartition("/")[2],))
            content = b'{"name": "b"}' if method == "PATCH" else None
            answer = client.request(method, path, content=content, headers=PATCH)
            assert answer.status_code == 503 and answer.headers["Retry-After"]
            assert "lock timeout" in answer.json()["detail"]
            other.cursor().execute("ROLLBACK")
            assert client.request(method, path, content=content, headers=PATCH).is_success
    finally:
        running.stop()
