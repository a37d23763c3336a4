# SPDX-License-Identifier: Apache-2.0
"""Every rule has a package that breaks it; nothing broken raises, and good parts around it are
still read."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from pathlib import Path

import pytest
from small_packages import META, VNFD, Make, replaced, rules

import descriptors


def test_the_package_that_the_others_are_made_of_is_good(make: Make) -> None:
    package = descriptors.read(make())
    assert package.findings == []
    assert package.kind == "vnf"


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x00" * 5000, b"PK\x05\x06", "ü".encode("latin-1")]
)
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    assert rules(descriptors.read(path)) == {"csar-not-a-zip"}


def test_a_truncated_zip_is_told_from_what_never_was_one(make: Make) -> None:
    path = make()
    path.write_bytes(path.read_bytes()[:-200])
    assert rules(descriptors.read(path)) == {"csar-truncated"}


def test_a_path_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert rules(descriptors.read(tmp_path / "nothing.csar")) == {"csar-unreadable"}


def test_a_damaged_file_in_the_zip_is_named(make: Make) -> None:
    path = make({"Files/data": b"0123456789" * 500})
    data = bytearray(path.read_bytes())
    place = data.index(b"Files/data") + len("Files/data") + 5
    data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)
    package = descriptors.read(path)
    assert [(finding.rule, finding.file) for finding in package.errors] == [
        ("csar-corrupt", "Files/data")
    ]


@pytest.mark.parametrize(("limit", "value"), [("entries", 1), ("total", 100), ("ratio", 100)])
def test_a_zip_bomb_is_refused_by_the_limit_it_exceeds(make: Make, limit: str, value: int) -> None:
    path = make({"Files/zeros": b"\0" * (20 * 2**20)})
    package = descriptors.read(path, descriptors.Limits(**{limit: value}))
    assert rules(package) == {"csar-limit"}
    assert f"`{limit}`" in package.errors[0].message


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "a\\..\\evil", "C:evil"])
def test_a_path_out_of_the_package_is_refused(make: Make, name: str) -> None:
    package = descriptors.read(make({name: "x"}))
    assert rules(package) == {"csar-unsafe-path"}
    assert not any("evil" in file.path for file in package.files)


def test_a_symbolic_link_is_refused_in_a_zip_and_in_a_folder(make: Make, tmp_path: Path) -> None:
    path = make()
    link = zipfile.ZipInfo("Files/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert rules(descriptors.read(path)) == {"csar-symlink"}
    folder = tmp_path / "folder"
    with zipfile.ZipFile(make()) as archive:
        archive.extractall(folder)
    assert descriptors.read(folder).ok
    (folder / "link").symlink_to("/etc/passwd")
    assert rules(descriptors.read(folder)) == {"csar-symlink"}


def test_a_name_that_is_twice_in_the_zip_is_refused(make: Make) -> None:
    path = make()
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("Definitions/vnfd.yaml", "other")
    assert rules(descriptors.read(path)) == {"csar-duplicate"}


@pytest.mark.parametrize(
    "meta", ["", "CSAR-Version: 1.1\n", META.replace("vnfd.yaml", "other.yaml")]
)
def test_a_missing_entry_definition_is_named(make: Make, meta: str) -> None:
    assert rules(descriptors.read(make(meta=meta))) == {"csar-no-entry"}


def test_block_headings_and_a_package_without_tosca_metadata_are_understood(make: Make) -> None:
    headed = (
        META.replace("TOSCA-Meta", "block_0:\nTOSCA-Meta")
        + "\nblock_1:\nName: Definitions/vnfd.yaml\nContent-Type: x/y\n"
    )
    assert descriptors.read(make(meta=headed)).ok
    flat = make(
        {"TOSCA-Metadata/TOSCA.meta": None, "Definitions/vnfd.yaml": None, "top.yaml": VNFD}
    )
    package = descriptors.read(flat)
    assert package.ok
    assert package.entry == "top.yaml"


METADATA = (
    "metadata:\n  vnf_product_name: p\n  vnf_provider_id: q\n  vnf_package_version: 1\n"
    "  vnf_release_date_time: 2026\n\n"
    ""
)


def manifest(*blocks: tuple[str, str, str]) -> str:
    return METADATA + "\n".join(
        f"Source: {name}\nAlgorithm: {algorithm}\nHash: {value}\n"
        for name, algorithm, value in blocks
    )


RIGHT = hashlib.sha256(VNFD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("block", "rule"),
    [
        (("Definitions/vnfd.yaml", "SHA-256", RIGHT), None),
        (("Definitions/vnfd.yaml", "SHA-512", hashlib.sha512(VNFD.encode()).hexdigest()), None),
        (("Definitions/vnfd.yaml", "SHA-256", "0" * 64), "csar-hash"),
        (("Definitions/vnfd.yaml", "SHA-256", ""), "csar-hash"),
        (("Definitions/vnfd.yaml", "CRC-32", "0"), "csar-algorithm"),
        (("Definitions/gone.yaml", "SHA-256", RIGHT), "csar-missing-file"),
    ],
)
def test_every_hash_is_compared(make: Make, block: tuple[str, str, str], rule: str | None) -> None:
    in_manifest = make({"vnfd.mf": manifest(block)}, meta=META + "ETSI-Entry-Manifest: vnfd.mf\n")
    package = descriptors.read(in_manifest)
    assert rules(package) == ({rule} if rule else set())
    assert (package.manifest["vnf_product_name"], package.manifest["vnf_provider_id"]) == ("p", "q")
    assert package.descriptor is not None
    name, algorithm, value = block
    in_meta = make(meta=META + f"\nName: {name}\nAlgorithm: {algorithm}\nHash: {value}\n")
    assert rules(descriptors.read(in_meta)) == ({rule} if rule else set())


def test_a_manifest_that_is_named_must_be_there_and_have_metadata(make: Make) -> None:
    meta = META + "ETSI-Entry-Manifest: vnfd.mf\n"
    assert rules(descriptors.read(make(meta=meta))) == {"csar-no-manifest"}
    assert rules(
        descriptors.read(make({"vnfd.mf": "Source: Definitions/vnfd.yaml\n"}, meta=meta))
    ) == {"csar-manifest"}


def test_a_file_the_manifest_does_not_list_is_a_warning(make: Make) -> None:
    listed = manifest(("Definitions/vnfd.yaml", "SHA-256", RIGHT))
    listed = listed.replace("name: p", "name: thing").replace("id: q", "id: me")
    package = descriptors.read(
        make({"vnfd.mf": listed, "Files/extra": "x"}, meta=META + "ETSI-Entry-Manifest: vnfd.mf\n")
    )
    assert [(finding.rule, finding.file) for finding in package.findings] == [
        ("csar-unlisted", "Files/extra")
    ]
    assert package.ok


def test_a_type_that_is_its_own_ancestor_is_reported(make: Make) -> None:
    cycle = "node_types:\n  a.A: { derived_from: b.B }\n  b.B: { derived_from: a.A }\n"
    assert rules(descriptors.read(make(vnfd=replaced("node_types:\n", cycle)))) == {
        "tosca-type-cycle"
    }


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("virtual_binding: vdu", "virtual_binding: nobody", "tosca-unknown-node"),
        ("virtual_binding: vdu", "binding: vdu", "tosca-unknown-requirement"),
        ("out: [ cp, virtual_link ]", "out: [ nobody, virtual_link ]", "substitution-unknown-node"),
        ("tosca.nodes.nfv.VduCp", "tosca.nodes.nfv.Nothing", "tosca-unknown-type"),
        ("      type: tosca.nodes.nfv.VduCp\n", "", "tosca-no-type"),
        ("num_virtual_cpu: 2", "num_virtual_cpu: many", "tosca-value-type"),
        ("num_virtual_cpu: 2", "num_virtual_cpu: 0", "tosca-constraint"),
        ("layer_protocols: [ ipv4 ]", "layer_protocols: [ smoke ]", "tosca-constraint"),
        ("name: vdu\n", "nickname: vdu\n", "tosca-unknown-property"),
        ("11111111-2222-4333-8444-555555555555", '""', "vnfd-required"),
        ("derived_from: tosca.nodes.nfv.VNF", "derived_from: tosca.nodes.Root", "sol001-nothing"),
    ],
)
def test_a_mistake_in_the_vnfd_is_found_with_its_line(
    make: Make, old: str, new: str, rule: str
) -> None:
    package = descriptors.read(make(vnfd=replaced(old, new)))
    assert rule in rules(package)
    assert all(finding.line > 0 for finding in package.errors)


POLICIES = """\
  policies:
    - aspects:
        type: tosca.policies.nfv.ScalingAspects
        properties: { aspects: { size: { name: size, description: d,
            max_scale_level: 2, step_deltas: [ one ] } } }
    - deltas:
        type: tosca.policies.nfv.VduScalingAspectDeltas
        properties: { aspect: size, deltas: { one: { number_of_instances: 1 } } }
        targets: [ vdu ]
    - levels:
        type: tosca.policies.nfv.InstantiationLevels
        properties:
          default_level: small
          levels: { small: { description: d, scale_info: { size: { scale_level: 0 } } } }
"""


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("aspect: size", "aspect: weight", "vnfd-unknown-aspect"),
        ("step_deltas: [ one ]", "step_deltas: [ two ]", "vnfd-unknown-delta"),
        ("default_level: small", "default_level: large", "vnfd-unknown-level"),
        ("scale_info: { size:", "scale_info: { weight:", "vnfd-unknown-aspect"),
        ("scale_level: 0", "scale_level: 3", "vnfd-scale-level"),
        ("targets: [ vdu ]", "targets: [ nobody ]", "tosca-unknown-node"),
    ],
)
def test_policies_only_name_what_is_declared(make: Make, old: str, new: str, rule: str) -> None:
    assert descriptors.read(make(vnfd=VNFD + POLICIES)).ok
    package = descriptors.read(make(vnfd=VNFD + POLICIES.replace(old, new)))
    assert rule in rules(package)
    assert all(finding.line > 0 for finding in package.errors)


IMAGE = """\
      artifacts:
        sw_image:
          type: tosca.artifacts.nfv.SwImage
          file: ../Files/image
          properties: { name: i, version: "1", container_format: bare, checksum: {
              algorithm: sha-256, hash: %s } }
"""


def test_an_image_must_be_there_and_its_checksum_is_compared(make: Make) -> None:
    digest = hashlib.sha256(b"image").hexdigest()
    vnfd = replaced(
        "      type: tosca.nodes.nfv.Vdu.Compute\n",
        "      type: tosca.nodes.nfv.Vdu.Compute\n" + IMAGE % digest,
    )
    assert rules(descriptors.read(make(vnfd=vnfd))) == {"csar-missing-artifact"}
    good = descriptors.read(make({"Files/image": b"image"}, vnfd=vnfd))
    assert good.findings == []
    assert good.images[0].path == "Files/image"
    other = descriptors.read(make({"Files/image": b"other"}, vnfd=vnfd))
    assert [finding.rule for finding in other.findings] == ["vnfd-image-checksum"]


def test_all_findings_come_in_one_run(make: Make) -> None:
    vnfd = replaced("virtual_binding: vdu", "virtual_binding: nobody").replace(
        "name: vdu\n", "name: vdu\n        name: vdu\n"
    )
    package = descriptors.read(
        make({"../evil": "x"}, vnfd=vnfd, meta=META + "\nName: gone\nAlgorithm: SHA-256\nHash: 0\n")
    )
    assert rules(package) == {"csar-unsafe-path", "csar-missing-file", "tosca-unknown-node"}
    assert len(package.findings) == 4
