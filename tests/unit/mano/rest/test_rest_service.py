# SPDX-License-Identifier: Apache-2.0
"""Requests and answers of the example service over HTTP: errors, methods, rights, bodies."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from rest_example import SETTINGS, THINGS

from mano.rest import auth, server
from mano.rest.app import make_app
from mano.store import Store

Clients = Callable[[str], httpx.Client]


def test_a_thing_is_made_read_changed_and_deleted(boss: httpx.Client) -> None:
    made = boss.post("/things", json={"name": "a"})
    assert made.status_code == 201 and made.headers["version"] == "2.1.0"
    assert (
        made.headers["location"] == f"{boss.base_url}".rstrip("/") + f"/things/{made.json()['id']}"
    )
    assert made.json()["_links"]["self"]["href"] == made.headers["location"]
    read = boss.get(made.headers["location"])
    assert read.status_code == 200 and read.headers["etag"] == '"1"' and read.json()["name"] == "a"
    assert (
        boss.patch(
            made.headers["location"],
            json={"name": "b"},
            headers={"content-type": "application/merge-patch+json"},
        ).headers["etag"]
        == '"2"'
    )
    assert boss.delete(made.headers["location"]).status_code == 204
    gone = boss.get(made.headers["location"])
    assert gone.status_code == 404 and gone.headers["content-type"] == "application/problem+json"
    assert gone.json()["status"] == 404 and made.json()["id"] in gone.json()["detail"]


def test_links_begin_with_the_address_that_was_connected_to_whatever_the_host_header_says(
    boss: httpx.Client, service: str
) -> None:
    made = boss.post("/things", json={"name": "a"}, headers={"Host": "evil.example"})
    assert made.headers["location"].startswith(service + "/things-api/v2/things/")
    assert made.json()["_links"]["self"]["href"] == made.headers["location"]


def test_links_begin_with_the_url_that_an_operator_has_set(things_store: Store) -> None:
    settings = dataclasses.replace(SETTINGS, api_root="https://nfvo.example.com/suite")
    running = server.serve([(make_app([THINGS], things_store, settings), "127.0.0.1", 0)])
    token = auth.Authority(SETTINGS).issue("boss", ["admin"])
    made = httpx.post(
        f"http://127.0.0.1:{running.ports[0]}{THINGS.base}/things",
        json={"name": "a"},
        headers={"Authorization": f"Bearer {token}", "Host": "evil.example"},
    )
    running.stop()
    assert made.headers["location"].startswith("https://nfvo.example.com/suite/things-api/v2/")
    assert made.json()["_links"]["self"]["href"] == made.headers["location"]


def test_every_violation_is_named_with_its_place(boss: httpx.Client) -> None:
    answer = boss.post(
        "/things",
        json={
            "size": "big",
            "colour": "red",
            "owner": "me",
            "madeAt": "2026-13-01T00:00:00Z",
            "home": "not a uri",
            "parts": [{"name": "x"}, {"tags": [1]}],
        },
    )
    assert answer.status_code == 400
    places = {item["pointer"] for item in answer.json()["violations"]}
    assert places == {"", "/size", "/owner", "/madeAt", "/home", "/parts/1", "/parts/1/tags/0"}
    assert "'name' is missing" in answer.json()["detail"] and "colour" in answer.json()["detail"]


def test_bodies_that_are_not_what_is_taken_are_refused(boss: httpx.Client) -> None:
    json_type = {"content-type": "application/json"}
    assert boss.post("/things", content=b"{not json", headers=json_type).status_code == 400
    assert boss.post("/things", content=b'{"name": NaN}', headers=json_type).status_code == 400
    assert boss.post("/things", content=b'"\xff"', headers=json_type).status_code == 400
    assert boss.post("/things", content=b"[" * 60000, headers=json_type).status_code == 400
    assert boss.post("/things", content=b"", headers=json_type).status_code == 400
    assert (
        boss.post("/things", content=b"a=b", headers={"content-type": "text/plain"}).status_code
        == 415
    )
    assert boss.post("/things", content=b" " * 2**17, headers=json_type).status_code == 413
    assert boss.get("/things").json() == []


def test_a_wrong_method_gets_405_with_every_method_there_is(boss: httpx.Client) -> None:
    for path, allow in {
        "/things": "GET, HEAD, OPTIONS, POST",
        "/things/none": "DELETE, GET, HEAD, OPTIONS, PATCH",
        "/things/none/content": "GET, HEAD, OPTIONS, PUT",
        "/things/none/break": "OPTIONS, POST",
        "/things/none/parts/a/b": "GET, HEAD, OPTIONS",
        "/api_versions": "GET, HEAD",
    }.items():
        assert path == "/api_versions" or boss.options(path).headers["allow"] == allow
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} - set(allow.split(", ")):
            answer = boss.request(method, path)
            assert (answer.status_code, answer.headers.get("allow")) == (405, allow), (method, path)


def test_unknown_paths_are_404(boss: httpx.Client, service: str) -> None:
    for path in ("/", "/nothing", "/things/", "/things//", "/things/a/b", "//things"):
        answer = boss.get(f"{service}/things-api/v2{path}")
        assert (answer.status_code, answer.json()["status"]) == (404, 404), path


def test_the_media_type_of_an_error_follows_accept(boss: httpx.Client) -> None:
    for accept, media in {
        "application/json": "application/json",
        "*/*": "application/problem+json",
        "application/json, application/problem+json": "application/problem+json",
        "application/json, */*": "application/json",
        "application/zip": "application/json",
        "text/plain, application/*": "application/problem+json",
    }.items():
        for answer in (
            boss.get("/things/none", headers={"accept": accept}),
            boss.put("/things", headers={"accept": accept}),
        ):
            assert answer.headers["content-type"] == media


def test_an_unforeseen_error_hides_its_cause_and_changes_nothing(
    boss: httpx.Client, caplog: object
) -> None:
    answer = boss.post("/things", json={"name": "bug"})
    assert answer.status_code == 500 and "secret" not in answer.text
    assert answer.json()["errorId"] in caplog.text and "secret stack trace" in caplog.text  # type: ignore[attr-defined]
    assert boss.get("/things").json() == []


def test_the_stores_refusals_become_statuses(boss: httpx.Client) -> None:
    assert boss.post("/things", json={"name": "twice"}).status_code == 409
    assert boss.get("/things").json() == []
    made = boss.post("/things", json={"name": "a"}).json()["id"]
    assert boss.post(f"/things/{made}/break").status_code == 202
    again = boss.post(f"/things/{made}/break")
    assert again.status_code == 409 and "mend it first" in again.json()["detail"]
    assert boss.post("/things/none/break").status_code == 404


def test_an_action_answers_202_with_an_absolute_location(boss: httpx.Client, service: str) -> None:
    made = boss.post("/things", json={"name": "a"}).json()["id"]
    answer = boss.post(f"/things/{made}/break?times=2")
    assert (
        answer.headers["location"] == f"{service}/things-api/v2/thing_op_occs/{made}"
        and answer.content == b""
    )
    assert boss.post(f"/things/{made}/break?times=no").status_code == 400
    assert boss.post(f"/things/{made}/break?times=0").status_code == 400


def test_a_path_parameter_may_be_a_path(boss: httpx.Client) -> None:
    assert boss.get("/things/x/parts/a/b c/d.txt").json() == {"path": "a/b c/d.txt"}


def test_if_match_and_if_none_match(boss: httpx.Client) -> None:
    made = boss.post("/things", json={"name": "a"})
    path = "/things/" + made.json()["id"]
    patch = {"content-type": "application/merge-patch+json"}
    assert boss.get(path, headers={"if-none-match": made.headers["etag"]}).status_code == 304
    assert (
        boss.patch(path, json={"name": "b"}, headers={**patch, "if-match": '"7"'}).status_code
        == 412
    )
    assert (
        boss.patch(
            path, json={"name": "b"}, headers={**patch, "if-match": made.headers["etag"]}
        ).status_code
        == 200
    )
    assert boss.get(path, headers={"if-none-match": made.headers["etag"]}).status_code == 200


def test_a_merge_patch_may_delete_with_null(boss: httpx.Client) -> None:
    path = "/things/" + boss.post("/things", json={"name": "a"}).json()["id"]
    patch = {"content-type": "application/merge-patch+json"}
    assert (
        boss.patch(path, json={"metadata": {"a": None}, "name": 5}, headers=patch).status_code
        == 400
    )
    assert boss.patch(path, json={"metadata": {"a": None}}, headers=patch).status_code == 200
    assert boss.patch(path, json={}, headers={"content-type": "text/plain"}).status_code == 415


def test_the_versions_of_the_api(boss: httpx.Client, service: str) -> None:
    assert boss.get(service + "/things-api/api_versions").json() == {
        "uriPrefix": service + "/things-api/",
        "apiVersions": [{"version": "2.1.0"}, {"version": "2.0.0"}],
    }
    assert boss.get("/api_versions").json()["uriPrefix"] == service + "/things-api/v2/"
    assert boss.get("/things", headers={"version": "2.1.0"}).headers["version"] == "2.1.0"
    refused = boss.get("/things", headers={"version": "9.9.9"})
    assert refused.status_code == 406 and "2.1.0" in refused.json()["detail"]


def test_health_needs_no_token(service: str) -> None:
    assert httpx.get(service + "/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "\\ud800"}',
        b'{"name": "a", "weight": 1e400}',
        b'{"name": "a", "size": ' + b"9" * 5000 + b"}",
        b'{"name": "a", "parts": [' + b'{"name": "p", "within": ' * 600 + b"5" + b"}" * 600 + b"]}",
    ],
)
def test_json_that_nobody_can_store_is_400(boss: httpx.Client, body: bytes) -> None:
    answer = boss.post("/things", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text[:300]


def test_strange_addresses_are_answered(boss: httpx.Client, service: str) -> None:
    assert boss.get("/things/%00").status_code == 404
    assert boss.get("/things/%ff").status_code == 404
    assert boss.get("/things/a%2Fb").status_code == 404
    assert boss.get("/things?filter=%ff").status_code == 400
    address = urlsplit(service)
    with socket.create_connection((address.hostname, address.port)) as raw:
        raw.sendall(
            b"GET /things-api/v2/things?filter=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Authorization: " + boss.headers["authorization"].encode() + b"\r\n\r\n"
        )
        assert b" 400 " in raw.recv(1000).split(b"\r\n")[0]
