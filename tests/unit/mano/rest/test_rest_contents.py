# SPDX-License-Identifier: Apache-2.0
"""Uploads and byte ranges."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from rest_example.api.things import CONTENT

from mano import store

ZIP = {"content-type": "application/zip"}


@pytest.fixture
def path(boss: httpx.Client) -> str:
    return "/things/" + boss.post("/things", json={"name": "a"}).json()["id"]


def _content() -> Iterator[bytes]:
    for number in range(64):
        yield bytes([number]) * 2**16


@pytest.mark.parametrize("chunked", [True, False])
def test_an_upload_arrives_as_a_stream(boss: httpx.Client, path: str, chunked: bool) -> None:
    whole = b"".join(_content())
    assert (
        boss.put(
            path + "/content", content=_content() if chunked else whole, headers=ZIP
        ).status_code
        == 202
    )
    assert boss.get(path + "?all_fields").json()["metadata"] == {
        "sha256": hashlib.sha256(whole).hexdigest(),
        "size": 2**22,
    }


def test_an_upload_that_is_cut_off_changes_nothing(
    boss: httpx.Client, path: str, things_store: store.Store
) -> None:
    address = urlsplit(str(boss.base_url))
    with socket.create_connection((address.hostname, address.port)) as raw:
        lines = (
            f"PUT {address.path.rstrip('/')}{path}/content HTTP/1.1",
            "Host: x",
            "Content-Type: application/zip",
            f"Authorization: {boss.headers['authorization']}",
            "Content-Length: 1000",
            "",
            "abc",
        )
        raw.sendall("\r\n".join(lines).encode())
        time.sleep(0.1)
    time.sleep(0.2)
    assert boss.get(path).headers["etag"] == '"1"'


def test_another_kind_of_content_is_415(boss: httpx.Client, path: str) -> None:
    assert (
        boss.put(
            path + "/content", content=b"abc", headers={"content-type": "text/plain"}
        ).status_code
        == 415
    )


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-5000", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-5000", 0, 1023),
        ("bytes=1023-1023", 1023, 1023),
    ],
)
def test_a_range_is_answered_with_206(
    boss: httpx.Client, path: str, asked: str, first: int, last: int
) -> None:
    answer = boss.get(path + "/content", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (
        206,
        f"bytes {first}-{last}/1024",
    )
    assert answer.content == CONTENT[first : last + 1] and answer.headers["content-length"] == str(
        last - first + 1
    )


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_outside_is_416(boss: httpx.Client, path: str, asked: str) -> None:
    answer = boss.get(path + "/content", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")


@pytest.mark.parametrize("asked", ["", "bytes=9-0", "lines=1-2", "bytes=0-1,4-5", "bytes=-"])
def test_what_is_no_range_gets_everything(boss: httpx.Client, path: str, asked: str) -> None:
    answer = boss.get(path + "/content", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, CONTENT)
