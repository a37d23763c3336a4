# SPDX-License-Identifier: Apache-2.0
"""SOL004's ways to pack, and what is then known of a package."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from broken_packages import MANIFEST, WITH_MANIFEST
from small_packages import META, VNFD, Make, write_csar

import descriptors


@pytest.mark.parametrize("algorithm", ["sha224", "sha256", "sha384", "sha512"])
def test_every_hash_of_sol004_is_checked(make: Make, algorithm: str) -> None:
    stated = f"Source: Definitions/vnfd.yaml\nAlgorithm: SHA-{algorithm[3:]}\nHash: {hashlib.new(algorithm, VNFD.encode()).hexdigest()}\n"
    assert descriptors.read(make({"vnfd.mf": MANIFEST + stated}, meta=WITH_MANIFEST)).findings == []


def listed(*paths: str) -> str:
    empty = hashlib.sha256(b"x").hexdigest()
    return "".join(
        f"\nSource: {path}\nAlgorithm: SHA-256\nHash: {hashlib.sha256(VNFD.encode()).hexdigest() if path.endswith('yaml') else empty}\n"
        for path in paths
    )


@pytest.mark.parametrize("prefix", ["ETSI-", ""])
def test_change_log_licenses_tests_and_certificate_are_known(make: Make, prefix: str) -> None:
    meta = META + "".join(
        f"{prefix}Entry-{key}: {path}\n"
        for key, path in (
            ("Manifest", "vnfd.mf"),
            ("Change-Log", "log.txt"),
            ("Licenses", "Files/licenses"),
            ("Tests", "Files/tests"),
            ("Certificate", "vnfd.cert"),
        )
    )
    files: dict[str, str | bytes | None] = dict.fromkeys(
        ("log.txt", "Files/licenses/a", "Files/tests/b", "vnfd.cert"), "x"
    )
    package = descriptors.read(
        make({**files, "vnfd.mf": MANIFEST + listed("Definitions/vnfd.yaml", *files)}, meta=meta)
    )
    assert package.findings == []
    assert package.parts == {
        "changeLog": "log.txt",
        "licenses": "Files/licenses",
        "tests": "Files/tests",
        "certificate": "vnfd.cert",
    }


def test_without_tosca_metadata_parts_lie_where_sol004_puts_them(make: Make) -> None:
    files = {"vnfd.yaml": VNFD, "ChangeLog.txt": "x", "Licenses/a": "x", "Tests/b": "x"}
    package = descriptors.read(
        make(
            {
                "TOSCA-Metadata/TOSCA.meta": None,
                "Definitions/vnfd.yaml": None,
                **files,
                "vnfd.mf": MANIFEST + listed(*files),
            }
        )
    )
    assert (package.findings, package.entry, package.manifest_path) == ([], "vnfd.yaml", "vnfd.mf")
    assert package.parts == {"changeLog": "ChangeLog.txt", "licenses": "Licenses", "tests": "Tests"}


def test_non_mano_artifact_sets_and_a_signature_at_the_end_are_read(make: Make) -> None:
    text = (
        MANIFEST
        + listed("Definitions/vnfd.yaml", "Files/a", "Files/b")
        + "\nnon_mano_artifact_sets:\n  prv.example.x:\n    Source: Files/a\n"
        "  onap_y:\n    Source: Files/b\n\n-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n"
    )
    package = descriptors.read(
        make({"vnfd.mf": text, "Files/a": "x", "Files/b": "x"}, meta=WITH_MANIFEST)
    )
    assert (package.findings, package.signed) == ([], True)
    assert package.non_mano_artifacts == {"prv.example.x": ["Files/a"], "onap_y": ["Files/b"]}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_csar_inside_of_a_signed_zip_is_read(
    make: Make, tmp_path: Path, compression: int
) -> None:
    inner = make().read_bytes()
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", compression) as archive:
        for name, content in (("vnf.csar", inner), ("vnf.cms", b"x"), ("vnf.cert", b"x")):
            archive.writestr(name, content)
    (tmp_path / "signed.zip").write_bytes(outer.getvalue())
    package = descriptors.read(tmp_path / "signed.zip")
    assert (package.findings, package.signed, package.wrapped) == (
        [],
        True,
        ["vnf.cert", "vnf.cms"],
    )
    assert package.kind == "vnf"


def test_a_bomb_inside_of_a_signed_zip_is_refused_too(make: Make, tmp_path: Path) -> None:
    inner = make({"Files/zeros": b"\0" * (20 * 2**20)}).read_bytes()
    package = descriptors.read(
        write_csar(tmp_path / "signed.zip", {"vnf.csar": inner, "vnf.cms": "x"}),
        descriptors.Limits(ratio=100),
    )
    assert [finding.rule for finding in package.errors] == ["csar-limit"] * 2
