# SPDX-License-Identifier: Apache-2.0
"""What `sign` does to a package, and what it refuses to sign."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from authorities import Authority, openssl
from click.testing import CliRunner
from signed_packages import SAMPLES, changed, checked

from descriptors import building
from descriptors.archive import signing
from descriptors.commands import cli

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")


def test_signing_changes_nothing_but_the_manifest(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    with (
        zipfile.ZipFile(web) as before,
        zipfile.ZipFile(signing.sign(web, vendor, tmp_path)) as after,
    ):
        assert after.namelist() == before.namelist()
        assert [name for name in after.namelist() if before.read(name) != after.read(name)] == [
            "web.mf"
        ]
        assert after.read("web.mf").startswith(before.read("web.mf"))


def test_signing_again_replaces_the_signature(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    once = signing.sign(web, authority.signer("first", embed=False), tmp_path / "once.csar")
    twice = checked(signing.sign(once, vendor, tmp_path / "twice.csar"), authority.anchors)
    assert (twice.errors, twice.signers) == ([], ["CN=vendor"])


def test_openssl_by_hand_agrees(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(signing.sign(web, vendor, tmp_path)) as archive:
        content, mark, signature = archive.read("web.mf").partition(b"-----BEGIN CMS-----")
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "signature").write_bytes(mark + signature)
    openssl(
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "PEM",
        "-in",
        str(tmp_path / "signature"),
        "-purpose",
        "any",
        "-content",
        str(tmp_path / "content"),
        "-CAfile",
        str(authority.anchors),
        "-out",
        str(tmp_path / "out"),
    )


def test_a_manifest_signed_as_text_by_openssl_holds(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def by_hand(files: dict[str, bytes]) -> None:
        process = subprocess.run(
            [
                "openssl",
                "cms",
                "-sign",
                "-signer",
                vendor.certificate,
                "-inkey",
                vendor.key,
                "-outform",
                "PEM",
            ],
            input=files["web.mf"],
            capture_output=True,
            check=True,
        )
        files["web.mf"] += process.stdout

    assert (
        checked(
            changed(web, tmp_path / "text.csar", by_hand), authority.anchors, "require"
        ).findings
        == []
    )


def test_a_package_tells_where_its_signature_is(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    for option, place in ((1, "in the manifest"), (2, "beside the CSAR")):
        result = CliRunner().invoke(
            cli.group, ["show", str(signing.sign(web, vendor, tmp_path, option))]
        )
        assert re.search(rf"Signature +{place}", result.output)


def test_a_key_that_does_not_fit_the_certificate_cannot_sign(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    wrong = signing.Identity(authority.signer("somebody").key, vendor.certificate)
    with pytest.raises(signing.SigningError, match="does not match"):
        signing.sign(web, wrong, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_package_without_a_manifest_cannot_be_signed(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        del files["web.mf"]

    with pytest.raises(signing.SigningError, match="manifest"):
        signing.sign(changed(web, tmp_path / "x.csar", change), vendor, tmp_path / "y.csar")


def test_a_pattern_that_fits_no_file_is_refused(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    with pytest.raises(signing.SigningError, match="Files/none"):
        signing.sign(web, vendor, tmp_path, artifacts=["Files/none*"])


def test_an_ns_is_signed_like_a_vnf(
    authority: Authority, vendor: signing.Identity, tmp_path: Path
) -> None:
    csar = building.build(SAMPLES / "ns/secure-web", tmp_path)
    assert (
        checked(
            signing.sign(csar, vendor, tmp_path / "ns.csar"), authority.anchors, "require"
        ).findings
        == []
    )
