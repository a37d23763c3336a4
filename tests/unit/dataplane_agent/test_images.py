# SPDX-License-Identifier: Apache-2.0
"""Images are checked and unpacked with care."""

import base64
import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest
from vim_side import IDLE, Document, Vim, compute, network, port

from dataplane_agent import images


def archive(*members: tarfile.TarInfo) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as out:
        for member in members:
            out.addfile(member, io.BytesIO(b"x" * member.size))
    return raw.getvalue()


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", mode: int = 0o4777
) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mode = kind, link, mode
    member.size = 3 if kind == tarfile.REGTYPE else 0
    return member


def add(state: Path, content: bytes, digest: str = "", algorithm: str = "sha-256") -> bool:
    image = {
        "id": "i",
        "checksum": {"algorithm": algorithm, "hash": digest or hashlib.sha256(content).hexdigest()},
    }
    return images.add(
        str(state),
        image,
        {"id": "i", "offset": 0, "content": base64.b64encode(content).decode(), "last": True},
    )


def test_an_image_is_unpacked_without_setuid_and_with_its_links_inside(tmp_path: Path) -> None:
    assert add(
        tmp_path,
        archive(
            entry("./bin", tarfile.DIRTYPE),
            entry("bin/tool"),
            entry("run", tarfile.SYMTYPE, "bin/tool"),
        ),
    )
    assert os.path.realpath(tmp_path / "images/i/run") == str(tmp_path / "images/i/bin/tool")
    assert (tmp_path / "images/i/bin/tool").stat().st_mode & 0o7777 == 0o755


@pytest.mark.parametrize(
    "bad",
    [
        [entry("../evil")],
        [entry("/evil")],
        [entry("a", tarfile.SYMTYPE, "/etc"), entry("a/passwd")],
        [entry("a", tarfile.SYMTYPE, "../../x")],
        [entry("dev", tarfile.CHRTYPE)],
        [entry("a", tarfile.SYMTYPE, "."), entry("b", tarfile.SYMTYPE, "a/../..")],
    ],
)
def test_an_image_that_reaches_outside_is_refused(
    tmp_path: Path, bad: list[tarfile.TarInfo]
) -> None:
    with pytest.raises(images.Bad):
        add(tmp_path, archive(*bad))
    assert os.listdir(tmp_path / "images") == []


def test_a_wrong_hash_a_weak_one_and_no_archive_are_refused(tmp_path: Path) -> None:
    for arguments in (
        (archive(entry("run")), "00"),
        (archive(entry("run")), "", "md5"),
        (b"not a tar",),
    ):
        with pytest.raises(images.Bad):
            add(tmp_path, *arguments)


def test_a_repeated_chunk_changes_nothing(tmp_path: Path) -> None:
    first: Document = {
        "id": "i",
        "offset": 0,
        "content": base64.b64encode(b"abc").decode(),
        "last": False,
    }
    for _ in range(2):
        assert not images.add(str(tmp_path), {"id": "i"}, first)
    assert images.offset(str(tmp_path), "i") == 3


def test_a_bad_image_is_an_error_of_the_image_and_of_its_computes(vim: Vim) -> None:
    vim.start()
    image = vim.image(IDLE)
    image["checksum"]["hash"] = "00"
    vim.desire(
        {
            "networks": [network("n1")],
            "images": [image],
            "computes": [compute("c", [port("p", "n1", 2, "eth")])],
        }
    )
    report = vim.report(lambda r: r["resources"].get("id-c", {}).get("state") == "ERROR")
    assert "its sha-256 is" in report["resources"]["id-c"]["why"]
    assert report["resources"]["image-1"]["state"] == "ERROR"
