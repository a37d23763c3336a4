# SPDX-License-Identifier: Apache-2.0
"""Packages as others write them, signed; and what an attacker would try on a signed one."""

from __future__ import annotations

import dataclasses
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from authorities import Authority, openssl
from test_signatures import SAMPLES, changed, checked, errors

import descriptors
from descriptors import building
from descriptors.archive import signing

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.rstrip(b"\n"),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"Source: ", b"Source : ./"),
        lambda text: (
            text + b"\nnon_mano_artifact_sets:\n  prv.x:\n    Source: Definitions/web.yaml\n"
        ),
    ],
)
def test_a_manifest_that_others_wrote_is_signed_as_well(
    change: object, authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    other = changed(
        web,
        tmp_path / "other.csar",
        lambda files: files.update({"web.mf": change(files["web.mf"])}),
    )  # type: ignore[operator]
    package = checked(
        signing.sign(other, vendor, tmp_path / "signed.csar", artifacts=["Files/images/*"]),
        authority.anchors,
        "require",
    )
    assert (package.errors, package.signers) == ([], ["CN=vendor"])
    assert set(package.non_mano_artifacts) <= {"prv.x"}


def test_a_file_without_a_hash_gets_one_when_it_is_signed(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    more = changed(web, tmp_path / "more.csar", lambda files: files.update({"Files/more": b"x"}))
    assert (
        checked(
            signing.sign(more, vendor, tmp_path / "signed.csar"), authority.anchors, "require"
        ).findings
        == []
    )


@pytest.mark.parametrize(
    "more",
    [
        b"\nnon_mano_artifact_sets:\n  evil:\n    Source: ChangeLog.txt\n",
        b"\n-----BEGIN CMS-----\nMII\n-----END CMS-----\n",
        b"\nSource: Files/evil\n",
    ],
)
def test_nothing_may_follow_a_signature(
    more: bytes, authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    signed = signing.sign(web, vendor, tmp_path / "signed.csar")
    evil = changed(
        signed,
        tmp_path / "evil.csar",
        lambda files: files.update({"web.mf": files["web.mf"] + more}),
    )
    package = checked(evil, authority.anchors)
    assert "signature-invalid" in errors(package) and package.non_mano_artifacts == {}


def test_another_descriptor_cannot_be_made_the_entry_of_a_signed_package(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def old(files: dict[str, bytes]) -> None:
        files["Definitions/old.yaml"] = files["Definitions/web.yaml"].replace(b'"1.0"', b'"0.1"')

    signed = signing.sign(
        changed(web, tmp_path / "two.csar", old), vendor, tmp_path / "signed.csar"
    )
    evil = changed(
        signed,
        tmp_path / "evil.csar",
        lambda files: files.update(
            {
                "TOSCA-Metadata/TOSCA.meta": files["TOSCA-Metadata/TOSCA.meta"].replace(
                    b"Definitions/web.yaml", b"Definitions/old.yaml"
                )
            }
        ),
    )
    assert errors(checked(evil, authority.anchors)) == {"csar-hash"}


def test_a_signature_that_is_no_cms_block_is_not_taken_for_none(web: Path, tmp_path: Path) -> None:
    odd = changed(
        web,
        tmp_path / "odd.csar",
        lambda files: files.update(
            {"web.mf": files["web.mf"] + b"-----BEGIN PKCS7-----\nMII\n-----END PKCS7-----\n"}
        ),
    )
    assert errors(checked(odd)) == {"signature-invalid"}


def test_the_passphrase_of_a_key_comes_from_a_file_and_never_from_the_content(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    key, right, wrong = tmp_path / "locked.pem", tmp_path / "right", tmp_path / "wrong"
    openssl(
        "pkey", "-in", str(vendor.key), "-aes256", "-passout", "pass:metadata:", "-out", str(key)
    )
    right.write_text("metadata:\n")  # the first line of a manifest
    wrong.write_text("else\n")
    locked = dataclasses.replace(vendor, key=key, passphrase=right)
    assert checked(signing.sign(web, locked, tmp_path / "a.csar"), vendor.certificate).errors == []
    with pytest.raises(signing.SigningError, match="passphrase is wrong or missing"):
        signing.sign(web, dataclasses.replace(locked, passphrase=wrong), tmp_path / "b.csar")


def test_what_would_not_be_accepted_is_not_signed(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    junk = tmp_path / "junk.csar"
    junk.write_bytes(b"hello")
    for path in (junk, signing.sign(web, vendor, tmp_path / "whole.zip", 2)):
        with pytest.raises(signing.SigningError):
            signing.sign(path, vendor, tmp_path / "out.zip", 2)
    assert not (tmp_path / "out.zip").exists()


def test_what_lies_about_in_a_folder_does_not_get_into_its_package(tmp_path: Path) -> None:
    folder = tmp_path / "__pycache__" / "web"  # the place of the folder says nothing of it
    shutil.copytree(SAMPLES / "vnf/web", folder)
    clean = descriptors.build(folder, tmp_path / "clean.csar").read_bytes()
    for name in (
        ".git/config",
        "web.csar",
        "Definitions/web.yaml~",
        "Definitions/#x#",
        "software/web/.idea/x",
        "key.pem.orig",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    os.link(folder / "software/web/run", folder / "software/web/also")
    linked = descriptors.build(folder, tmp_path / "linked.csar").read_bytes()
    (folder / "software/web/also").unlink()
    shutil.copy(folder / "software/web/run", folder / "software/web/also")
    assert descriptors.build(folder, tmp_path / "copied.csar").read_bytes() == linked != clean
    (folder / "software/web/also").unlink()
    assert descriptors.build(folder, tmp_path / "again.csar").read_bytes() == clean


@pytest.mark.parametrize("name", ["vnf/web", "vnf/streaming", "ns/branch"])
def test_a_package_holds_what_its_folder_does(name: str, tmp_path: Path) -> None:
    folder = tmp_path / Path(name).name
    shutil.copytree(SAMPLES / name, folder)
    for path, content in {
        "ChangeLog.txt": "1.0",
        "Licenses/LICENSE": "x",
        "Tests/a/run": "#!/bin/sh",
        "Files/data": "d",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    (folder / "Tests/a/run").chmod(0o755)
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    with zipfile.ZipFile(building.build(folder, tmp_path)) as archive:
        images = {f"Files/images/{item.name}.tar.gz" for item in (folder / "software").glob("*")}
        unchanged = {path for path in paths if not path.startswith("software/")} - {"README.md"}
        assert set(archive.namelist()) == unchanged | images | {
            "TOSCA-Metadata/TOSCA.meta",
            f"{folder.name}.mf",
        }
        assert all(
            archive.read(path) == (folder / path).read_bytes()
            for path in unchanged
            if not path.startswith("Definitions/")
        )
        assert [
            info.filename for info in archive.infolist() if info.external_attr >> 16 & 0o111
        ] == ["Tests/a/run"]
