# SPDX-License-Identifier: Apache-2.0
"""Signed packages: what holds, what does not, and by which rule that is said."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from authorities import Authority
from signed_packages import IMAGE, SAMPLES, changed, checked, errors

import descriptors
from descriptors import pool
from descriptors.archive import signing
from descriptors.package import Trust

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")


@pytest.mark.parametrize("option", [1, 2])
@pytest.mark.parametrize("embed", [True, False], ids=["certificate inside", "certificate beside"])
def test_a_signed_package_is_verified_against_its_authority(
    option: int, embed: bool, authority: Authority, web: Path, tmp_path: Path
) -> None:
    signed = signing.sign(web, authority.signer("vendor-x", embed), tmp_path, option)
    package = checked(signed, authority.anchors, "require")
    assert package.findings == []
    assert (package.security_option, package.signers) == (option, ["CN=vendor-x"])
    assert "BEGIN CERTIFICATE" in package.certificate


def test_the_pool_checks_signatures_as_it_is_told(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    reader = pool.Pool(trust=Trust("require", str(authority.anchors)))
    try:
        signed, plain = reader.read(signing.sign(web, vendor, tmp_path)), reader.read(web)
    finally:
        reader.close()
    assert (signed.findings, signed.signers, signed.security_option) == ([], ["CN=vendor"], 1)
    assert errors(plain) == {"signature-missing"}


def test_the_signer_itself_may_be_the_trust_anchor(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    assert checked(signing.sign(web, vendor, tmp_path), vendor.certificate).findings == []


def test_a_changed_manifest_is_found(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["web.mf"] = files["web.mf"].replace(
            b"vnf_product_name: Web", b"vnf_product_name: Wob"
        )

    signed = signing.sign(web, vendor, tmp_path)
    assert errors(checked(changed(signed, tmp_path / "x.csar", change), authority.anchors)) == {
        "signature-invalid"
    }


@pytest.mark.parametrize("path", ["Definitions/web.yaml", IMAGE, "TOSCA-Metadata/TOSCA.meta"])
def test_a_changed_file_is_found_by_its_hash(
    path: str, authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files[path] += b"\n"

    signed = signing.sign(web, vendor, tmp_path)
    package = checked(changed(signed, tmp_path / "x.csar", change), authority.anchors)
    assert [
        finding.message.split()[0] for finding in package.errors if finding.rule == "csar-hash"
    ] == [path]


def test_a_file_without_a_hash_in_a_signed_manifest_is_found(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["Files/more"] = b"added"

    package = checked(
        changed(signing.sign(web, vendor, tmp_path), tmp_path / "x.csar", change), authority.anchors
    )
    assert [(finding.rule, finding.file) for finding in package.errors] == [
        ("signature-uncovered", "Files/more")
    ]


def test_what_stands_after_the_signature_is_found(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        before, mark, after = files["web.mf"].partition(b"-----BEGIN CMS-----")
        files["web.mf"] = before + b"\x0c-----BEGIN X-----\n" + mark + after

    package = checked(
        changed(signing.sign(web, vendor, tmp_path), tmp_path / "x.csar", change), authority.anchors
    )
    assert "signature-invalid" in errors(package)


def test_a_changed_csar_in_a_signed_zip_is_found(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    signed = signing.sign(web, vendor, tmp_path, option=2)
    other = descriptors.build(SAMPLES / "vnf/firewall", tmp_path).read_bytes()

    def change(files: dict[str, bytes]) -> None:
        files["web.csar"] = other

    assert errors(checked(changed(signed, tmp_path / "x.zip", change), authority.anchors)) == {
        "signature-invalid"
    }


def test_a_signature_that_is_none_is_found(web: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(web, "web.csar")
        archive.writestr("web.cms", b"no signature")
    assert errors(checked(tmp_path / "x.zip")) == {"signature-invalid"}


def test_a_signature_with_a_content_of_its_own_does_not_vouch_for_another(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    attached = subprocess.run(
        [
            "openssl",
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-signer",
            vendor.certificate,
            "-inkey",
            vendor.key,
            "-outform",
            "PEM",
        ],
        input=b"something else",
        capture_output=True,
        check=True,
    ).stdout

    def change(files: dict[str, bytes]) -> None:
        files["web.mf"] += attached

    assert errors(checked(changed(web, tmp_path / "x.csar", change))) == {"signature-invalid"}


def test_a_missing_certificate_is_found(authority: Authority, web: Path, tmp_path: Path) -> None:
    signed = signing.sign(web, authority.signer("beside", embed=False), tmp_path, option=2)

    def change(files: dict[str, bytes]) -> None:
        del files["web.cert"]

    assert errors(checked(changed(signed, tmp_path / "x.zip", change))) == {"signature-certificate"}


@pytest.mark.parametrize("embed", [True, False])
def test_artifacts_are_signed_one_by_one(
    embed: bool, authority: Authority, web: Path, tmp_path: Path
) -> None:
    signed = signing.sign(
        web, authority.signer("artist", embed), tmp_path, artifacts=["Files/images/*"]
    )
    with zipfile.ZipFile(signed) as archive:
        assert f"Signature: {IMAGE}.sig.cms" in archive.read("web.mf").decode()
        assert (f"{IMAGE}.cert" in archive.namelist()) is not embed
    assert checked(signed, authority.anchors).findings == []


def test_an_artifact_signature_that_does_not_fit_is_found_also_without_one_of_the_manifest(
    authority: Authority, vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    signed = signing.sign(web, vendor, tmp_path, artifacts=[IMAGE])

    def change(files: dict[str, bytes]) -> None:
        files["web.mf"] = files["web.mf"].partition(b"-----BEGIN CMS-----")[0]
        files[IMAGE] += b"x"

    package = checked(changed(signed, tmp_path / "x.csar", change), authority.anchors)
    assert ("signature-invalid", IMAGE) in {
        (finding.rule, finding.file) for finding in package.errors
    }


def test_an_artifact_signature_that_is_named_but_not_there_is_found(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        del files[f"{IMAGE}.sig.cms"]

    signed = signing.sign(web, vendor, tmp_path, artifacts=[IMAGE])
    assert "signature-missing" in errors(checked(changed(signed, tmp_path / "x.csar", change)))


def test_a_signer_of_another_authority_is_refused_where_there_are_anchors_and_a_warning_where_not(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    other = Authority(tmp_path, "other")
    signed = signing.sign(web, vendor, tmp_path)
    assert errors(checked(signed, other.anchors)) == {"signature-untrusted"}
    unknown = checked(signed)
    assert unknown.ok and [finding.rule for finding in unknown.findings] == ["signature-unknown"]


def test_an_expired_certificate_is_refused(authority: Authority, web: Path, tmp_path: Path) -> None:
    expired = authority.signer("expired", days=("20200101000000Z", "20210101000000Z"))
    assert errors(checked(signing.sign(web, expired, tmp_path), authority.anchors)) == {
        "signature-expired"
    }


def test_a_revoked_certificate_is_refused(authority: Authority, web: Path, tmp_path: Path) -> None:
    signer = authority.signer("lost")
    signed = signing.sign(web, signer, tmp_path)
    assert checked(signed, authority.anchors).ok
    assert errors(checked(signed, authority.revoke(signer))) == {"signature-revoked"}


def test_the_policy_says_what_becomes_of_a_package_that_is_not_signed(web: Path) -> None:
    assert errors(checked(web, policy="require")) == {"signature-missing"}
    assert checked(web, policy="verify").findings == checked(web, policy="off").findings == []


def test_a_policy_that_is_off_looks_at_no_signature_but_at_hashes(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["web.mf"] = files["web.mf"].replace(b"CMS-----\nM", b"CMS-----\nN")
        files[IMAGE] += b"x"

    package = checked(
        changed(signing.sign(web, vendor, tmp_path), tmp_path / "x.csar", change), policy="off"
    )
    assert errors(package) == {"csar-hash"}


def test_anchors_that_cannot_be_read_are_said(
    vendor: signing.Identity, web: Path, tmp_path: Path
) -> None:
    package = checked(signing.sign(web, vendor, tmp_path), tmp_path / "gone.pem")
    assert errors(package) == {"signature-unchecked"} and "gone.pem" in package.errors[0].message


def test_a_csar_that_its_wrapping_zip_calls_by_a_dot_is_read_and_verified(
    web: Path, vendor: signing.Identity, authority: Authority, tmp_path: Path
) -> None:
    signed = signing.sign(web, vendor, tmp_path, option=2)
    dotted = tmp_path / "dotted.zip"
    with zipfile.ZipFile(signed) as old, zipfile.ZipFile(dotted, "w") as new:
        for name in old.namelist():
            new.writestr(f"./{name}", old.read(name))
    package = checked(dotted, authority.anchors, "require")
    assert (package.errors, package.security_option) == ([], 2)
