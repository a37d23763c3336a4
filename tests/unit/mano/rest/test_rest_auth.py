# SPDX-License-Identifier: Apache-2.0
"""Tokens and rights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
import rest_example

from mano import store
from mano.rest import auth, server
from mano.rest.app import make_app

Clients = Callable[[str], httpx.Client]
GRANT = {"grant_type": "client_credentials"}


def test_a_token_is_given_for_basic_and_for_form_credentials(service: str) -> None:
    by_basic = httpx.post(
        service + "/oauth2/token", data=GRANT, auth=("reader", rest_example.SECRET)
    )
    by_form = httpx.post(
        service + "/oauth2/token",
        data={**GRANT, "client_id": "reader", "client_secret": rest_example.SECRET},
    )
    for answer in (by_basic, by_form):
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        assert answer.json()["token_type"] == "Bearer" and answer.json()["expires_in"] == 3600


@pytest.mark.parametrize(
    ("data", "basic", "status", "error"),
    [
        (GRANT, ("reader", "wrong"), 401, "invalid_client"),
        (GRANT, ("nobody", rest_example.SECRET), 401, "invalid_client"),
        (
            {"grant_type": "password"},
            ("reader", rest_example.SECRET),
            400,
            "unsupported_grant_type",
        ),
        ({**GRANT, "scope": "admin"}, ("reader", rest_example.SECRET), 400, "invalid_scope"),
        (GRANT, None, 401, "invalid_client"),
    ],
)
def test_a_token_request_is_refused_in_the_words_of_oauth2(
    service: str, data: dict[str, str], basic: tuple[str, str] | None, status: int, error: str
) -> None:
    answer = httpx.post(service + "/oauth2/token", data=data, auth=basic)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_without_a_valid_token_it_is_401_and_malformed_400(client: Clients, service: str) -> None:
    mine = auth.Authority(rest_example.SETTINGS)
    foreign = auth.Authority(replace(rest_example.SETTINGS, key="x" * 32)).issue("boss", ["admin"])
    old = auth.Authority(replace(rest_example.SETTINGS, token_seconds=-1)).issue("boss", ["admin"])
    unsigned = (
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib3NzIiwic2NvcGUiOiJhZG1pbiIsImV4cCI6OTk5OTk5OTk5OX0."
    )
    url = service + "/things-api/v2/things"
    assert (
        httpx.get(url).status_code == 401 and "Bearer" in httpx.get(url).headers["www-authenticate"]
    )
    for token in (foreign, old, unsigned, "nonsense"):
        answer = httpx.get(url, headers={"authorization": "Bearer " + token})
        assert answer.status_code == 401 and "invalid_token" in answer.headers["www-authenticate"]
    for field in ("Bearer", "Basic YTpi", "Bearer a b", "nonsense", ""):
        assert httpx.get(url, headers={"authorization": field}).status_code == 400, field
    assert (
        httpx.get(
            url, headers={"authorization": "bearer " + mine.issue("boss", ["read"])}
        ).status_code
        == 200
    )


def test_a_scope_that_is_missing_is_403(client: Clients) -> None:
    refused = client("reader").post("/things", json={"name": "a"})
    assert refused.status_code == 403 and "'write'" in refused.json()["detail"]
    assert client("reader").get("/things").status_code == 200
    made = client("writer").post("/things", json={"name": "a"}).json()["id"]
    assert client("writer").delete(f"/things/{made}").status_code == 403
    assert client("boss").delete(f"/things/{made}").status_code == 204


@pytest.mark.parametrize("authentication", [True, False])
def test_who_asks_over_http_is_no_peer_even_if_nobody_has_to_say_who_he_is(
    things_store: store.Store, authentication: bool
) -> None:
    settings = replace(rest_example.SETTINGS, authentication=authentication)
    servers = server.serve(
        [(make_app([rest_example.THINGS], things_store, settings), "127.0.0.1", 0)]
    )
    thing = httpx.post(
        f"http://127.0.0.1:{servers.ports[0]}/things-api/v2/things",
        json={"name": "by HTTP"},
        headers={"Authorization": f"Bearer {auth.Authority(settings).issue('boss', ['write'])}"},
    )
    servers.stop()
    assert thing.status_code == 201
    with things_store.begin() as tx:
        assert tx.get("things", thing.json()["id"]).body["_peer"] is False
