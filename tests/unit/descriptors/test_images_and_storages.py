# SPDX-License-Identifier: Apache-2.0
"""Artifacts, software images and storages of a VNFD, as the model knows them."""

from __future__ import annotations

import dataclasses

import pytest
from broken_packages import FLAVOURS, TOP
from readings import VDU, flavour, policy, vnfd
from small_packages import Make

import descriptors
from descriptors import model, sizing


@pytest.mark.parametrize(
    "written",
    [
        "../Files/i",
        "{ file: ../Files/i }",
        "{ file: ../Files/i, type: tosca.artifacts.nfv.SwImage }",
    ],
)
def test_artifacts_are_read_short_and_long(make: Make, written: str) -> None:
    data = "        sw_image_data: { name: i, version: '1', container_format: bare }\n"
    text = vnfd(
        (VDU, VDU + f"      artifacts: {{ sw_image: {written} }}\n"),
        ("        name: vdu\n", "        name: vdu\n" + data),
    )
    image = flavour(make({"Files/i": "i"}, vnfd=text)).vdus["vdu"].image
    assert image is not None
    assert (image.path, image.name) == ("Files/i", "i")


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("{ file: https://images.example/i.qcow2", "vnfd-image-remote"),
        ("{ file: library/i, repository: hub", "vnfd-image-named"),
        ("{ file: nginx:1.25", "vnfd-image-named"),
        (
            "{ file: 'registry.example:5000/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000'",
            "vnfd-image-named",
        ),
    ],
)
def test_external_images_are_read_and_told_but_not_looked_for(
    make: Make, written: str, rule: str
) -> None:
    text = vnfd(
        (
            VDU,
            VDU + f"      artifacts: {{ sw_image: {written}, type: tosca.artifacts.nfv.SwImage, "
            "properties: { name: i, version: '1', container_format: docker } } }\n",
        )
    )
    package = descriptors.read(make(vnfd=text))
    assert [finding.rule for finding in package.findings] == [rule]
    assert isinstance(package.descriptor, model.Vnfd)
    image = package.descriptor.flavours["simple"].vdus["vdu"].image
    assert image is not None
    assert (image.path, image.container_format) == (None, "docker")


def test_a_storage_that_vnfcs_share_counts_once(make: Make) -> None:
    disk = """\
    {0}:
      type: tosca.nodes.nfv.Vdu.VirtualBlockStorage
      properties: {{ virtual_block_storage_data: {{ size_of_storage: {1} MiB }}, per_vnfc_instance: {2} }}
"""
    text = vnfd(
        (
            "    cp:\n",
            "      requirements: [ virtual_storage: own, virtual_storage: all ]\n    cp:\n",
        ),
        ("        name: vdu\n", "        name: vdu\n        boot_order: true\n"),
        (
            "max_number_of_instances: 3",
            "max_number_of_instances: 3, nfvi_maintenance_info: { impact_notification_lead_time: 17 s, is_impact_mitigation_requested: true }",
        ),
    )
    text += (
        disk.format("own", 10, "true")
        + disk.format("all", 100, "false")
        + "  policies:\n"
        + policy(
            "begin", "VduInitialDelta", "{ initial_delta: { number_of_instances: 3 } }", "[ vdu ]"
        )
    )
    df = flavour(make(vnfd=text))
    assert (
        sizing.vnfc(df, "vdu").storage,
        sizing.spec(df, "vdu")["storageMiB"],
        sizing.total(df).storage,
    ) == (10, 10, 130)
    assert (
        df.vdus["vdu"].boot_order
        and df.vdus["vdu"].maintenance["impact_notification_lead_time"] == "17 s"
    )


def test_a_shared_storage_that_no_vnfc_has_does_not_count() -> None:
    shared = {"all": model.Storage("all", size=100, per_vnfc=False)}
    vdus = {name: model.Vdu(name, name, storages=["all"]) for name in ("first", "second")}
    df = model.VnfDf("d", vdus=vdus, storages=shared, initial={"first": 1, "second": 0})
    assert sizing.total(df).storage == 100
    none = dataclasses.replace(df, initial={"first": 0, "second": 0})
    assert sizing.total(none).storage == 0


def test_one_vdu_with_other_images_in_two_flavours_has_two_images(make: Make) -> None:
    image = (
        VDU,
        VDU + "      artifacts: { sw_image: { file: ../Files/i, type: tosca.artifacts.nfv.SwImage, "
        "properties: { name: i, version: '1', container_format: bare, provider: p, operating_system: o } } }\n",
    )
    small = vnfd(image, text=FLAVOURS["Definitions/small.yaml"])
    large = small.replace("flavour_id: simple }", "flavour_id: large }")
    top = TOP.replace("small.yaml", "small.yaml, large.yaml")
    for other, ids in (
        (large, ["vdu"]),
        (large.replace("version: '1'", "version: '2'"), ["simple/vdu", "large/vdu"]),
    ):
        package = descriptors.read(
            make(
                {
                    **FLAVOURS,
                    "Definitions/small.yaml": small,
                    "Definitions/large.yaml": other,
                    "Files/i": "i",
                },
                vnfd=top,
            )
        )
        assert package.findings == []
        assert isinstance(package.descriptor, model.Vnfd)
        assert [item.id for item in package.images] == ids
        assert [df.vdus["vdu"].image for df in package.descriptor.flavours.values()] == (
            package.images * 2
        )[:2]
        assert (package.images[0].provider, package.images[0].operating_system) == ("p", "o")
