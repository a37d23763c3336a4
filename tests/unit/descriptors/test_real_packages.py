# SPDX-License-Identifier: Apache-2.0
"""Packages that other projects ship: all are read without an error, and the model says what stands
in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_packages import real_packages

import descriptors
from descriptors import model, resources

REAL = {path.name: path for path in real_packages()}
pytestmark = pytest.mark.skipif(
    not REAL, reason="needs real packages below $MANO_SHARED or ../shared"
)


def vnfd(name: str) -> model.Vnfd:
    descriptor = descriptors.read(REAL[name]).descriptor
    assert isinstance(descriptor, model.Vnfd)
    return descriptor


@pytest.mark.parametrize("path", REAL.values(), ids=REAL)
def test_a_real_package_has_no_error(path: Path) -> None:
    package = descriptors.read(path)
    assert package.errors == []
    assert package.descriptor is not None


def test_a_vdu_that_boots_from_a_volume_has_its_size_and_image() -> None:
    found = vnfd("vnflcm1.zip")
    df = found.flavours["simple"]
    assert (found.id, found.provider, found.product_name) == (
        "b1bb0ce7-ebca-4fa7-95ed-4840d7000000",
        "Company",
        "Sample VNF",
    )
    assert (found.software_version, found.version, found.vnfm_info) == ("1.0", "1.0", ["Tacker"])
    vdu = df.vdus["VDU1"]
    assert (vdu.vcpus, vdu.memory, vdu.minimum, vdu.maximum) == (
        1,
        489,
        1,
        3,
    )  # 512 MB are 488.3 MiB
    assert vdu.storages == ["VirtualStorage"]
    image = resources.image(df, "VDU1")
    assert image is not None
    assert (image.path, image.checksum["algorithm"]) == (
        "Files/images/cirros-0.5.2-x86_64-disk.img",
        "sha-512",
    )
    assert df.cpds["CP1"].virtual_link == "internalVL1"
    assert df.requirements == {"virtual_link_external": "CP1"}
    assert df.virtual_links["internalVL1"].cidr == "33.33.0.0/24"


def test_levels_and_aspects_give_the_number_of_vnfcs() -> None:
    df = vnfd("vnflcm1.zip").flavours["simple"]
    assert df.default_level == "instantiation_level_1"
    assert resources.instances(df) == {"VDU1": 1}
    assert resources.instances(df, "instantiation_level_2") == {"VDU1": 3}
    assert resources.instances(df, scale={"worker_instance": 1}) == {"VDU1": 2}


def test_every_flavour_of_a_package_is_there() -> None:
    found = vnfd("test_cnf_scale.zip")
    assert found.default_flavour == "simple"
    assert {
        name: resources.instances(df, "instantiation_level_2")
        for name, df in found.flavours.items()
    } == {"simple": {"VDU1": 3}, "scalingsteps": {"VDU1": 5}}


def test_connection_points_nobody_inside_links_are_external() -> None:
    df = vnfd("vnflcm3.zip").flavours["simple"]
    assert set(df.ext_cpds) == {"CP1", "CP2"}
    assert df.cpds["CP3"].virtual_link == "VL3"
    assert df.vdus["VDU1"].cpds == ["CP1", "CP2", "CP3"]


def test_the_short_notation_of_artifacts_and_its_wrong_checksums_are_understood() -> None:
    package = descriptors.read(REAL["with_short_notation.zip"])
    assert [image.path for image in package.images] == [
        "Files/images/cirros-0.5.2-x86_64-disk.img"
    ] * 2
    assert {finding.rule for finding in package.findings} == {
        "vnfd-image-checksum",
        "csar-unguarded",
    }


def test_a_single_nsd_gives_its_constituents() -> None:
    package = descriptors.read(REAL["TopologyNSD.yaml"])
    assert isinstance(package.descriptor, model.Nsd)
    df = package.descriptor.flavours["simple"]
    assert df.vnf_profiles["VNF"].links == {"virtual_link": "InternalVirtualLink"}
    assert df.pnf_profiles["PNF"].pnfd_id == "b1bb0ce7-ebca-4fa7-95ed-4840d70a2233"
    assert df.sapds["SAP"].virtual_link == "InternalVirtualLink"


def test_a_single_vnfd_gives_its_parts() -> None:
    df = vnfd("TopologyVNFD.yaml").flavours["simple"]
    assert set(df.vdus) == {"VduCompute_1", "VduCompute_2", "VduCompute_3"}
    assert df.storages["VirtualBlockStorage_1"].size == 9537
    assert df.ext_cpds["externalCp"].virtual_link == "internalVl"
    assert (df.virtual_links["internalVl_2"].cidr, df.virtual_links["internalVl_2"].gateway) == (
        "192.168.1.0/24",
        "192.168.1.1",
    )
