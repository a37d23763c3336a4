# SPDX-License-Identifier: Apache-2.0
"""Requests and answers of the example service over HTTP: errors, methods, rights, bodies."""
from __future__ import annotations

from collections.abc import Callable

import httpx

Clients = Callable[[str], httpx.Client]


def test_a_thing_is_made_read_changed_and_deleted(boss: httpx.Client) -> None:
    made = boss.post("/things", json={"name": "a"})
    assert made.status_code == 201 and made.headers["version"] == "2.1.0"
    assert made.headers["location"] == f"{boss.base_url}".rstrip("/") + f"/things/{made.json()['id']}"
    assert made.json()["_links"]["self"]["href"] == made.headers["location"]
    read = boss.get(made.headers["location"])
    assert read.status_code == 200 and read.headers["etag"] == '"1"' and read.json()["name"] == "a"
    assert boss.patch(made.headers["location"], json={"name": "b"},
                      headers={"content-type": "application/merge-patch+json"}).headers["etag"] == '"2"'
    assert boss.delete(made.headers["location"]).status_code == 204
    gone = boss.get(made.headers["location"])
    assert gone.status_code == 404 and gone.headers["content-type"] == "application/problem+json"
    assert gone.json()["status"] == 404 and made.json()["id"] in gone.json()["detail"]
