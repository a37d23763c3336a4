# SPDX-License-Identifier: Apache-2.0
"""What a VNF needs and what its VNFCs are told, from a VNFD made here."""

from __future__ import annotations

from typing import Any

import pytest

from descriptors import model
from mano.problems import Problem
from vnfm import resources


@pytest.fixture
def df() -> model.VnfDf:
    image = model.SwImage("img", "img", "1", virtualisation_environments=["netns"])
    vdu = model.Vdu("v", "v", vcpus=2, memory=64, image=image, cpds=["front", "inner"])
    return model.VnfDf(
        "default",
        vdus={"v": vdu},
        initial={"v": 2},
        virtual_links={"own": model.Vld("own"), "unused": model.Vld("unused")},
        cpds={
            "front": model.Cpd("front", "v"),
            "inner": model.Cpd("inner", "v", virtual_link="own"),
        },
        ext_cpds={"outside": model.ExtCpd("outside", cpd="front")},
    )


INSTANCE: dict[str, Any] = {
    "id": "i",
    "vnfInstanceName": "n",
    "vnfProductName": "p",
    "vnfConfigurableProperties": {"a": 1},
}
GRANT = {
    "addResources": [
        {"resourceDefinitionId": "v-0", "zoneId": "z"},
        {"resourceDefinitionId": "v-1", "zoneId": "z"},
    ],
    "vimAssets": {
        "softwareImages": [{"vnfdSoftwareImageId": "img", "vimSoftwareImageId": "at-vim"}]
    },
}


def request(*addresses: str) -> dict[str, Any]:
    configs = {
        f"outside-{number}": {
            "cpProtocolData": [
                {
                    "layerProtocol": "IP_OVER_ETHERNET",
                    "ipOverEthernet": {
                        "ipAddresses": [{"type": "IPV4", "fixedAddresses": [address]}]
                    },
                }
            ]
        }
        for number, address in enumerate(addresses)
    }
    return {
        "flavourId": "default",
        "extVirtualLinks": [
            {
                "id": "ext",
                "resourceId": "net",
                "extCps": [{"cpdId": "outside", "cpConfig": configs}],
            }
        ],
        "additionalParams": {
            "links": {"ext": {"name": "dmz", "cidr": "10.1.0.0/16"}},
            "parameters": {"b": 2},
            "routes": {"outside": [{"to": "0.0.0.0/0", "via": "10.1.0.1"}]},
        },
    }


def specs(df: model.VnfDf) -> dict[str, dict[str, Any]]:
    networks = {"own": resources.Network(id="own-net", cidr="10.9.0.0/24")}
    return resources.computes(df, INSTANCE, request("10.1.0.5", "10.1.0.6"), GRANT, networks, "op")


def test_a_vnfc_is_wanted_for_every_instance_of_its_vdu(df: model.VnfDf) -> None:
    assert [item["id"] for item in resources.wanted(df, None)] == ["v-0", "v-1"]


def test_each_vnfc_has_its_own_address_on_the_external_link(df: model.VnfDf) -> None:
    assert [spec["ports"][0]["addresses"] for spec in specs(df).values()] == [
        ["10.1.0.5/16"],
        ["10.1.0.6/16"],
    ]
    assert all(
        spec["ports"][0]["network"] == "net" and spec["image"] == "at-vim" and spec["zone"] == "z"
        for spec in specs(df).values()
    )


def test_only_internal_links_that_are_used_are_made(df: model.VnfDf) -> None:
    assert list(resources.internal_links(df)) == ["own"]


def test_day_0_data_name_neighbours_routes_and_parameters(df: model.VnfDf) -> None:
    day0 = specs(df)["v-0"]["userData"]
    front, inner = day0["ports"]
    assert front["link"] == "dmz" and front["interface"] == "front" and front["extCp"] == "outside"
    assert inner["neighbours"] == [{"vnf": "n", "cp": "inner", "addresses": ["10.9.0.3/24"]}]
    assert day0["parameters"] == {"a": 1, "b": 2}
    assert specs(df)["v-0"]["ports"][0]["routes"] == [{"to": "0.0.0.0/0", "via": "10.1.0.1"}]


def test_an_external_cp_the_flavour_has_not_is_refused_by_name(df: model.VnfDf) -> None:
    wrong = request("10.1.0.5")
    wrong["extVirtualLinks"][0]["extCps"][0]["cpdId"] = "inside"
    with pytest.raises(Problem, match="external CP 'inside'; flavour default has outside"):
        resources.computes(df, INSTANCE, wrong, GRANT, {}, "op")


def test_an_unknown_flavour_or_level_is_refused_with_those_there_are(df: model.VnfDf) -> None:
    vnfd = model.Vnfd("d", "p", "n", "1", "1", flavours={"default": df})
    with pytest.raises(Problem, match="no flavour 'x'; it has default"):
        resources.flavour(vnfd, "x")
    with pytest.raises(Problem, match="no instantiation level 'big'"):
        resources.wanted(df, "big")


def test_a_vdu_that_asks_for_pinning_is_placed_on_dedicated_cpus() -> None:
    pinned = model.Vdu(
        "v",
        "v",
        vcpus=2,
        memory=64,
        requirements={"virtual_cpu_pinning": {"virtual_cpu_pinning_policy": "static"}},
    )
    need = resources.need(model.VnfDf("default", vdus={"v": pinned}), "v")
    assert need["pinning"] == "dedicated" and need["vcpus"] == 2
