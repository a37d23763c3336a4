# SPDX-License-Identifier: Apache-2.0
"""The specs of VNFCs: their ports, addresses and images."""

from __future__ import annotations

import dataclasses
import ipaddress

import pytest

from descriptors import model
from mano.problems import Problem
from tests.unit.vnfm.conftest import UNCONNECTED, request, vnf
from vnfm import addressing, computes, resources


def test_each_vnfc_has_its_own_address_on_the_external_link(df: model.VnfDf) -> None:
    specs = computes.specs(vnf(df, request("10.1.0.5", "10.1.0.6")))
    addresses = [spec["ports"][0]["addresses"] for spec in specs.values()]
    assert addresses == [["10.1.0.5/16"], ["10.1.0.6/16"]]
    for spec in specs.values():
        assert spec["ports"][0]["network"] == "net"
        assert (spec["image"], spec["zone"], spec["runtime"]) == ("at-vim", "z", "netns")


def test_a_port_has_the_routes_of_its_external_cp(df: model.VnfDf) -> None:
    spec = computes.specs(vnf(df, request("10.1.0.5", "10.1.0.6")))["v-0"]
    assert spec["ports"][0]["routes"] == [{"to": "0.0.0.0/0", "via": "10.1.0.1"}]


def test_an_external_cp_the_flavour_has_not_is_refused_by_name(df: model.VnfDf) -> None:
    wrong = request("10.1.0.5", cpd="inside")
    with pytest.raises(Problem, match="external CP 'inside'; flavour default has outside"):
        computes.specs(vnf(df, wrong))


def test_a_subnet_is_given_out_up_to_its_last_host_and_no_further(df: model.VnfDf) -> None:
    specs = computes.specs(vnf(df, UNCONNECTED, number=253))
    addresses = [spec["ports"][0]["addresses"][0] for spec in specs.values()]
    subnet = ipaddress.ip_network("10.9.0.0/24")
    assert len(set(addresses)) == 253 and addresses[-1] == "10.9.0.254/24"
    assert f"{subnet.broadcast_address}/24" not in addresses
    with pytest.raises(Problem, match=r"link own: its subnet 10\.9\.0\.0/24 has too few") as no:
        computes.specs(vnf(df, UNCONNECTED, number=254))
    assert no.value.status == 422


@pytest.mark.parametrize("cidr", ["10.9.0.0/31", "10.9.0.0/32", "fd00::/128"])
def test_a_subnet_without_room_for_anyone_is_refused_by_name(df: model.VnfDf, cidr: str) -> None:
    with pytest.raises(Problem, match=f"Virtual link own: its subnet {cidr} has too few"):
        next(addressing.free(df, {"own": cidr})["own"])


def test_a_level_that_no_subnet_holds_is_refused_before_anything_is_made(df: model.VnfDf) -> None:
    small = dataclasses.replace(df, virtual_links={"own": model.Vld("own", cidr="10.9.0.0/29")})
    addressing.check_room(small, {"v": 5})
    with pytest.raises(Problem, match=r"link own: its subnet 10\.9\.0\.0/29 has too few"):
        addressing.check_room(small, {"v": 6})


def test_a_link_without_subnet_has_room_for_the_largest_level(df: model.VnfDf) -> None:
    level = model.InstantiationLevel("most", vdus={"v": 500})
    large = dataclasses.replace(df, levels={"most": level})
    assert resources.internal_links(df)["own"]["cidr"] == "10.200.0.0/24"
    assert resources.internal_links(large)["own"]["cidr"] == "10.200.0.0/23"
    addressing.check_room(large, {"v": 500})
