# SPDX-License-Identifier: Apache-2.0
"""Clients as they are: older ones, naive ones, curious ones."""

from __future__ import annotations

import gzip

import httpx
import pytest

from mano.rest import app

GZIP = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
ZIP = {"Content-Type": "application/zip"}
PATCH = {"Content-Type": "application/merge-patch+json"}


@pytest.mark.parametrize(
    "asked, used",
    {
        "2.0.0": "2.0.0",
        "2.1.0": "2.1.0",
        "2.1.7": "2.1.0",
        "2.0.0-impl:example.com:us:1": "2.0.0",
    }.items(),
)
def test_a_client_of_an_older_minor_version_is_served(
    boss: httpx.Client, asked: str, used: str
) -> None:
    answer = boss.get("/things", headers={"Version": asked})
    assert (answer.status_code, answer.headers["Version"]) == (200, used)


@pytest.mark.parametrize("asked", ["2.2.0", "1.1.0", "3.0.0", "2.1", "2", "", "two.one.zero"])
def test_a_version_that_is_not_served_is_refused_with_those_that_are(
    boss: httpx.Client, asked: str
) -> None:
    answer = boss.get("/things", headers={"Version": asked})
    assert answer.status_code == 406 and "2.1.0, 2.0.0 are" in answer.json()["detail"]


def test_every_minor_version_is_listed(boss: httpx.Client, service: str) -> None:
    for path in ("/things-api/v2/api_versions", "/things-api/api_versions"):
        listed = boss.get(service + path).json()["apiVersions"]
        assert [entry["version"] for entry in listed] == ["2.1.0", "2.0.0"]


def test_the_resource_and_its_state_come_before_the_body(boss: httpx.Client) -> None:
    bad: dict[str, bytes] = {"empty": b"", "no JSON": b"{", "of a wrong type": b'{"name": 5}'}
    thing = boss.post("/things", json={"name": "a"})
    for content in bad.values():
        assert boss.patch("/things/none", content=content, headers=PATCH).status_code == 404
        old = boss.patch(
            thing.headers["Location"], content=content, headers={**PATCH, "If-Match": '"7"'}
        )
        assert old.status_code == 412
        assert (
            boss.patch(thing.headers["Location"], content=content, headers=PATCH).status_code == 400
        )
    assert boss.patch("/things/none", content=b"a=b").status_code == 404
    assert boss.patch(thing.headers["Location"], content=b"a=b").status_code == 415


def test_head_answers_as_get_without_the_body(boss: httpx.Client) -> None:
    thing = boss.post("/things", json={"name": "a"}).headers["Location"]
    for path in ("/things", thing, thing + "/content"):
        whole, head = boss.get(path), boss.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(whole.content))
        assert head.headers["Content-Type"] == whole.headers["Content-Type"]
    assert boss.head(thing).headers["ETag"] == '"1"'
    assert boss.head("/things/none").status_code == 404


def test_options_name_the_methods_to_who_has_a_token(boss: httpx.Client, service: str) -> None:
    answer = boss.options("/things")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert boss.options("/nothing").status_code == 404
    assert httpx.options(f"{service}/things-api/v2/things").status_code == 401


def test_a_slash_at_the_end_is_named(boss: httpx.Client) -> None:
    answer = boss.get("/things/")
    assert answer.status_code == 404
    assert "There is /things-api/v2/things: without a slash" in answer.json()["detail"]
    assert "slash" not in boss.get("/nothing/").json()["detail"]


def test_several_filters_must_all_hold(boss: httpx.Client) -> None:
    for name, size in (("a", 1), ("a", 2), ("b", 2)):
        boss.post("/things", json={"name": name, "size": size})
    found = boss.get("/things?filter=(eq,name,a)&filter=(eq,size,2)").json()
    assert [(thing["name"], thing["size"]) for thing in found] == [("a", 2)]
    twice = boss.get("/things?fields=name&fields=size")
    assert twice.status_code == 400 and "'fields' twice" in twice.json()["detail"]


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", ["1", '"1', "W/1", "x, y", ""])
def test_what_is_no_etag_is_400(boss: httpx.Client, header: str, value: str) -> None:
    thing = boss.post("/things", json={"name": "a"}).headers["Location"]
    if header == "If-Match":
        answer = boss.patch(thing, json={"name": "b"}, headers={header: value})
    else:
        answer = boss.get(thing, headers={header: value})
    assert answer.status_code == 400 and "names no version" in answer.json()["detail"]
    assert boss.get(thing).json()["name"] == "a"


def test_a_patch_that_changes_nothing_is_refused_with_names(boss: httpx.Client) -> None:
    thing = boss.post("/things", json={"name": "a", "metadata": {"k": 1}}).headers["Location"]
    for patch, named in (
        ({"colour": "red"}, "colour"),
        ({"colour": None, "metadata": {"k": 2}}, "colour"),
        ({"name": None}, "name cannot be removed"),
        ({}, "name, metadata"),
    ):
        answer = boss.patch(thing, json=patch)
        assert answer.status_code == 422 and named in answer.json()["detail"]
    assert boss.get(thing).json()["metadata"] == {"k": 1}
    assert boss.get(thing).headers["ETag"] == '"1"'


def test_a_patch_is_answered_with_what_it_has_changed(boss: httpx.Client) -> None:
    thing = boss.post("/things", json={"name": "a", "metadata": {"k": 1, "l": {"m": 2}}})
    path = thing.headers["Location"]
    assert boss.patch(path, json={"name": "a"}).json() == {}
    change = {"name": "b", "metadata": {"k": 1, "l": {"m": 3, "n": None}}}
    assert boss.patch(path, json=change).json() == {"name": "b", "metadata": {"l": {"m": 3}}}
    assert boss.patch(path, json={"metadata": None}).json() == {"metadata": {"k": None, "l": None}}
    assert boss.get(path).json()["metadata"] == {}


def test_a_body_that_is_missing_is_named(boss: httpx.Client) -> None:
    answer = boss.post("/things")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "POST /things-api/v2/things needs a body."


def test_a_compressed_body_is_understood(boss: httpx.Client) -> None:
    answer = boss.post("/things", content=gzip.compress(b'{"name": "a"}'), headers=GZIP)
    assert answer.status_code == 201 and answer.json()["name"] == "a"


@pytest.mark.parametrize(
    ("content", "coding", "status", "named"),
    [
        (b'{"name": "a"}', "gzip", 400, "not gzip"),
        (gzip.compress(b'{"name": "a"}')[:-4], "gzip", 400, "not one whole gzip"),
        (gzip.compress(b'{"name": "a"}') + b"more", "gzip", 400, "not one whole gzip"),
        (gzip.compress(b" " * 2**26), "gzip", 413, "larger than the 65536 bytes"),
        (b"...", "br", 415, "Content-Encoding br"),
        (b"...", "gzip, gzip", 415, "Content-Encoding gzip, gzip"),
    ],
)
def test_a_compressed_body_that_is_not_sound_is_refused(
    boss: httpx.Client, content: bytes, coding: str, status: int, named: str
) -> None:
    headers = {**GZIP, "Content-Encoding": coding}
    answer = boss.post("/things", content=content, headers=headers)
    assert answer.status_code == status and named in answer.json()["detail"]
    assert boss.get("/things").json() == []


def test_an_upload_is_sent_whole_and_as_it_is(boss: httpx.Client) -> None:
    path = boss.post("/things", json={"name": "a"}).headers["Location"] + "/content"
    part = boss.put(path, content=b"1234", headers={**ZIP, "Content-Range": "bytes 0-3/9"})
    assert part.status_code == 400 and "Content-Range (bytes 0-3/9)" in part.json()["detail"]
    packed = boss.put(path, content=b"1234", headers={**ZIP, "Content-Encoding": "gzip"})
    assert packed.status_code == 415 and "Content-Encoding gzip" in packed.json()["detail"]
    plain = boss.put(path, content=b"1234", headers={**ZIP, "Content-Encoding": "identity"})
    assert plain.status_code == 202


def test_headers_are_spelled_as_etsi_spells_them(boss: httpx.Client, service: str) -> None:
    for name in "abcd":
        made = boss.post("/things", json={"name": name})
    path = made.headers["Location"]
    answers = {
        "Location": made,
        "ETag": boss.get(path),
        "Link": boss.get("/things"),
        "Version": boss.get(path),
        "Content-Type": boss.get(path),
        "Content-Length": boss.get(path),
        "Content-Range": boss.get(path + "/content", headers={"Range": "bytes=1-2"}),
        "Allow": boss.put("/things"),
        "WWW-Authenticate": httpx.get(f"{service}/things-api/v2/things"),
    }
    for name, answer in answers.items():
        assert name.encode() in [raw for raw, _ in answer.headers.raw], name


def test_the_connection_stays_usable_after_every_kind_of_answer(boss: httpx.Client) -> None:
    path = boss.post("/things", json={"name": "a"}).headers["Location"]
    for _ in range(3):
        assert boss.get(path + "/content").content == bytes(range(256)) * 4
        assert boss.head(path + "/content").content == b""
        assert boss.get(path, headers={"If-None-Match": "*"}).status_code == 304
        assert boss.options(path).status_code == 204
        assert boss.get(path).json()["name"] == "a"


def test_an_api_describes_itself(boss: httpx.Client, service: str) -> None:
    answer = boss.get("/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    document = answer.json()
    app.connexion.spec.Specification.load(document)
    assert document["servers"] == [{"url": f"{service}/things-api/v2"}]
    assert set(document["paths"]["/things"]) == {"get", "post"}
    assert boss.put("/openapi.json").status_code == 405
    assert httpx.get(f"{service}/things-api/v2/openapi.json").status_code == 401
