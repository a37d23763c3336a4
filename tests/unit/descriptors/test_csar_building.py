# SPDX-License-Identifier: Apache-2.0
"""The samples build to the same bytes every time, and the packages say what is in them."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

import descriptors
from descriptors import building, model, resources

SAMPLES = Path(descriptors.__file__).parent
FOLDERS = ["vnf/firewall", "vnf/loadbalancer", "vnf/web", "ns/secure-web"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_sample_builds_to_a_package_without_findings(folder: str, tmp_path: Path) -> None:
    package = descriptors.read(descriptors.build(SAMPLES / folder, tmp_path))
    assert package.findings == []
    assert package.manifest_path == f"{Path(folder).name}.mf"
    assert all(
        image.checksum["hash"] == {file.path: file.checksum for file in package.files}[image.path]
        for image in package.images
        if image.path
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_copy_with_other_times_and_rights_builds_to_the_same_bytes(
    folder: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy" / Path(folder).name
    shutil.copytree(SAMPLES / folder, copy)
    for item in copy.rglob("*"):
        item.chmod(item.stat().st_mode & 0o700)
        os.utime(item, (1, 1))
    first, second = (
        descriptors.build(SAMPLES / folder, tmp_path / "first.csar"),
        descriptors.build(copy, tmp_path / "second.csar"),
    )
    assert (
        hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()
    )


def test_software_keeps_its_executable_bit_and_nothing_of_the_builder(tmp_path: Path) -> None:
    with zipfile.ZipFile(descriptors.build(SAMPLES / "vnf/web", tmp_path)) as archive:
        packed = io.BytesIO(archive.read("Files/images/web.tar.gz"))
    with tarfile.open(fileobj=packed) as software:
        run = software.getmember("run")
    assert (run.mode, run.uid, run.gid, run.mtime, run.uname) == (0o755, 0, 0, 0, "root")


def test_a_folder_that_makes_no_package_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    (folder / "Definitions").mkdir(parents=True)
    (folder / "Definitions" / "broken.yaml").write_text("imports: [ gone.yaml ]\n")
    with pytest.raises(building.BuildError, match=r"gone\.yaml is not in the package"):
        descriptors.build(folder, tmp_path / "out.csar")
    assert [item.name for item in tmp_path.iterdir()] == ["broken"]


def test_the_service_says_who_is_linked_where_and_the_way_of_http(tmp_path: Path) -> None:
    nsd = descriptors.read(descriptors.build(SAMPLES / "ns/secure-web", tmp_path)).descriptor
    assert isinstance(nsd, model.Nsd)
    df = nsd.flavours[nsd.default_flavour]
    assert {name: profile.links for name, profile in df.vnf_profiles.items()} == {
        "firewall": {"outside": "clients", "inside": "dmz", "mgmt": "mgmt"},
        "loadbalancer": {"front": "dmz", "back": "servers", "mgmt": "mgmt"},
        "web": {"http": "servers", "mgmt": "mgmt"},
    }
    assert df.sapds["client"].virtual_link == "clients"
    assert [name for name, link in df.virtual_links.items() if link.management] == ["mgmt"]
    assert all(link.cidr for link in df.virtual_links.values())
    nfp = df.vnffgds["web-traffic"].nfps["http"]
    assert [[(ref.profile, ref.cp) for ref in position.cps] for position in nfp.positions] == [
        [(None, "client")],
        [("firewall", "outside"), ("firewall", "inside")],
        [("loadbalancer", "front"), ("loadbalancer", "back")],
        [("web", "http")],
    ]
    assert nfp.match == [{"etherType": "ipv4", "protocol": "tcp", "destinationPort": [80, 80]}]


def test_the_service_names_the_vnfds_of_the_samples_by_id_level_and_cps(tmp_path: Path) -> None:
    nsd = descriptors.read(descriptors.build(SAMPLES / "ns/secure-web", tmp_path)).descriptor
    assert isinstance(nsd, model.Nsd)
    for name, profile in nsd.flavours["default"].vnf_profiles.items():
        vnfd = descriptors.read(descriptors.build(SAMPLES / "vnf" / name, tmp_path)).descriptor
        assert isinstance(vnfd, model.Vnfd)
        df = vnfd.flavours[profile.flavour]
        assert profile.vnfd_id == vnfd.id
        assert set(profile.links) == set(df.requirements) == set(df.ext_cpds)
        assert profile.level is None or profile.level in df.levels


def test_the_web_vnf_starts_with_two_servers_and_grows_to_four(tmp_path: Path) -> None:
    vnfd = descriptors.read(descriptors.build(SAMPLES / "vnf/web", tmp_path)).descriptor
    assert isinstance(vnfd, model.Vnfd)
    df = vnfd.flavours["default"]
    assert (
        df.vdus["web"].vcpus,
        df.vdus["web"].memory,
        df.vdus["web"].minimum,
        df.vdus["web"].maximum,
    ) == (
        1,
        64,
        1,
        4,
    )
    assert resources.instances(df) == {"web": 2}
    assert resources.instances(df, "single") == {"web": 1}
    assert resources.instances(df, scale={"servers": 3}) == {"web": 4}
    with pytest.raises(ValueError, match="no instantiation level 'huge'"):
        resources.instances(df, "huge")
    with pytest.raises(ValueError, match="from 0 to 3"):
        resources.instances(df, scale={"servers": 4})


def test_a_vnf_says_its_configurable_properties_with_their_defaults(tmp_path: Path) -> None:
    vnfd = descriptors.read(descriptors.build(SAMPLES / "vnf/firewall", tmp_path)).descriptor
    assert isinstance(vnfd, model.Vnfd)
    assert vnfd.configurable_properties == {"allowedPorts": [80]}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_descriptor_becomes_a_document_and_back(folder: str, tmp_path: Path) -> None:
    descriptor = descriptors.read(descriptors.build(SAMPLES / folder, tmp_path)).descriptor
    load = model.vnfd if isinstance(descriptor, model.Vnfd) else model.nsd
    assert load(model.to_dict(descriptor)) == descriptor
