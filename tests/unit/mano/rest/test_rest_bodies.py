# SPDX-License-Identifier: Apache-2.0
"""A body must come in time, or at a rate; else it is 408, and the connection is closed."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator

import httpx
import pytest
from rest_example import SETTINGS, THINGS

from mano.disks import Disks
from mano.rest import auth, bodies, server
from mano.rest.app import make_app
from mano.store import Store

LIMIT, RESERVE = 4 * 2**20, 2**16
ZIP = {"Content-Type": "application/zip"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def port(things_store: Store) -> Iterator[int]:
    """Of a service that is impatient."""
    settings = dataclasses.replace(
        SETTINGS,
        body_seconds=0.5,
        body_rate=1000,
        upload_limit=LIMIT,
        upload_quota=3 * LIMIT,
        disks=Disks(reserve=RESERVE),
    )
    running = server.serve([(make_app([THINGS], things_store, settings), "127.0.0.1", 0)])
    yield running.ports[0]
    running.stop()


@pytest.fixture
def writer(port: int) -> Iterator[httpx.Client]:
    token = auth.Authority(SETTINGS).issue("boss", ["admin"])
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}{THINGS.base}", headers=headers) as client:
        yield client


def begun(port: int, writer: httpx.Client, request: str, media_type: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), 20)
    head = (
        f"{request} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nContent-Length: 5000\r\n"
        f"Authorization: {writer.headers['Authorization']}\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection


@pytest.mark.parametrize("drips", [False, True])
@pytest.mark.parametrize(
    ("request_line", "media_type"),
    [
        ("POST /things", "application/json"),
        ("PUT /things/{id}/content", "application/zip"),
        ("POST /oauth2/token", FORM),
    ],
)
def test_a_body_that_does_not_come_is_408_and_the_end_of_the_connection(
    port: int, writer: httpx.Client, request_line: str, media_type: str, drips: bool
) -> None:
    thing = writer.post("/things", json={"name": "a"}).json()["id"]
    method, _, path = request_line.format(id=thing).partition(" ")
    base = "" if "oauth2" in path else THINGS.base
    with begun(port, writer, f"{method} {base}{path}", media_type) as connection:
        connection.settimeout(0.1)
        answer, deadline = b"", time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                if not (piece := connection.recv(65536)):
                    break
                answer += piece
            except TimeoutError:
                if drips and not answer:
                    connection.sendall(b" ")
        else:
            raise AssertionError("the connection is still open")
    assert answer.startswith(b"HTTP/1.1 408") and b"Nothing was changed" in answer


@pytest.mark.parametrize("size", [10, bodies.IN_MEMORY + 10, 3 * bodies.IN_MEMORY])
def test_what_comes_at_the_rate_is_taken_whatever_its_size(writer: httpx.Client, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    path = writer.post("/things", json={"name": "a"}).headers["Location"]

    def pieces() -> Iterator[bytes]:
        for begin in range(0, len(content), 2**18):
            time.sleep(0.1)
            yield content[begin : begin + 2**18]

    headers = {"Content-Type": "application/zip"}
    assert writer.put(f"{path}/content", content=pieces(), headers=headers).status_code == 202
    metadata = writer.get(path).json()["metadata"]
    assert metadata == {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def test_an_upload_of_another_media_type_is_refused_before_it_came(
    port: int, writer: httpx.Client
) -> None:
    thing = writer.post("/things", json={"name": "a"}).json()["id"]
    line = f"PUT {THINGS.base}/things/{thing}/content"
    with begun(port, writer, line, "text/plain") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 415")


@pytest.fixture
def small_disk(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pathlib.Path]:
    """Where temporary files go: a file system of 1 MiB, of which 64 KiB stay free."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "mano-test", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("says_its_size", [False, True])
def test_an_upload_that_does_not_fit_on_the_disk_is_507_and_gives_the_room_back(
    small_disk: pathlib.Path, writer: httpx.Client, says_its_size: bool
) -> None:
    path = writer.post("/things", json={"name": "a"}).headers["Location"]
    free = shutil.disk_usage(small_disk).free
    content = bytes(2 * bodies.IN_MEMORY)
    answer = writer.put(
        f"{path}/content", content=content if says_its_size else iter([content]), headers=ZIP
    )
    assert answer.status_code == 507 and "make room" in answer.json()["detail"]
    assert list(small_disk.iterdir()) == [] and shutil.disk_usage(small_disk).free == free
    assert "metadata" not in writer.get(path).json()
    assert writer.put(f"{path}/content", content=b"small", headers=ZIP).status_code == 202


def test_an_upload_that_would_take_what_others_need_of_the_disk_is_507(
    small_disk: pathlib.Path, writer: httpx.Client
) -> None:
    path = writer.post("/things", json={"name": "a"}).headers["Location"]
    free = shutil.disk_usage(small_disk).free
    answer = writer.put(f"{path}/content", content=bytes(free - RESERVE + 1), headers=ZIP)
    assert answer.status_code == 507 and "MANO_DISK_RESERVE" in answer.json()["detail"]
    answer = writer.put(f"{path}/content", content=bytes(free - RESERVE), headers=ZIP)
    assert answer.status_code == 202


def test_an_upload_that_says_it_is_too_large_is_413_before_it_came(
    port: int, writer: httpx.Client
) -> None:
    thing = writer.post("/things", json={"name": "a"}).json()["id"]
    head = (
        f"PUT {THINGS.base}/things/{thing}/content HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: application/zip\r\nContent-Length: {LIMIT + 1}\r\n"
        f"Authorization: {writer.headers['Authorization']}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_an_upload_that_turns_out_too_large_is_413(writer: httpx.Client) -> None:
    path = writer.post("/things", json={"name": "a"}).headers["Location"]
    for size, status in ((LIMIT, 202), (LIMIT + 1, 413)):
        answer = writer.put(f"{path}/content", content=iter([bytes(size)]), headers=ZIP)
        assert answer.status_code == status, answer.text
    assert "MANO_UPLOAD_LIMIT" in answer.json()["detail"]
    assert writer.get(path).json()["metadata"]["size"] == LIMIT


def test_all_uploads_together_have_a_quota(things_store: Store, writer: httpx.Client) -> None:
    with things_store.begin() as tx:
        tx.write_content("another", io.BytesIO(bytes(3 * LIMIT - tx.contents_size() - 10)))
    path = writer.post("/things", json={"name": "a"}).headers["Location"]
    answers = [writer.put(f"{path}/content", content=bytes(size), headers=ZIP) for size in (11, 10)]
    with things_store.begin() as tx:
        tx.remove_content("another")
    assert [answer.status_code for answer in answers] == [507, 202]
    assert "MANO_UPLOAD_QUOTA" in answers[0].json()["detail"]
