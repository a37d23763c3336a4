# SPDX-License-Identifier: Apache-2.0
"""From the head of a VNF to its parts: VNFCs, ports, addresses."""

from __future__ import annotations

import dataclasses
import ipaddress

import pytest

from descriptors import model
from mano.composition import Composition
from mano.problems import Problem
from tests.unit.vnfm.conftest import UNCONNECTED, request, vnf
from vnfm import addressing, resources


def addresses(composition: Composition, cp: str) -> dict[str, list[str]]:
    """By VNFC, those of its port."""
    return {
        port.id.partition("/")[0]: port.hard["addresses"]
        for port in composition.of_kind("port")
        if port.hard["cp"] == cp
    }


def test_each_vnfc_has_its_own_address_on_the_external_link(df: model.VnfDf) -> None:
    composition = vnf(df, request("10.1.0.5", "10.1.0.6")).composition
    assert addresses(composition, "front") == {"v-0": ["10.1.0.5/16"], "v-1": ["10.1.0.6/16"]}
    port = composition.parts["v-0/front"]
    assert (port.hard["network"], port.hard["link"], port.hard["extCp"]) == (
        "net",
        "dmz",
        "outside",
    )
    assert composition.parts["v-0"].hard["image"] == "img"


def test_a_port_has_the_routes_of_its_external_cp(df: model.VnfDf) -> None:
    port = vnf(df, request("10.1.0.5", "10.1.0.6")).composition.parts["v-0/front"]
    assert port.soft["routes"] == [{"to": "0.0.0.0/0", "via": "10.1.0.1"}]


def test_an_external_cp_the_flavour_has_not_is_refused_by_name(df: model.VnfDf) -> None:
    with pytest.raises(Problem, match="external CP 'inside'; flavour default has outside"):
        vnf(df, request("10.1.0.5", cpd="inside"))


def test_a_subnet_is_given_out_up_to_its_last_host_and_no_further(df: model.VnfDf) -> None:
    inner = addresses(vnf(df, UNCONNECTED, 251).composition, "inner")
    subnet = ipaddress.ip_network("10.9.0.0/24")
    assert len({*map(str, inner.values())}) == 253 and inner["v-252"] == ["10.9.0.254/24"]
    assert [f"{subnet.broadcast_address}/24"] not in inner.values()
    with pytest.raises(Problem, match=r"link own: its subnet 10\.9\.0\.0/24 has too few") as no:
        vnf(df, UNCONNECTED, 252)
    assert no.value.status == 422


def test_what_stays_keeps_its_id_its_incarnation_and_its_addresses(df: model.VnfDf) -> None:
    scaled = vnf(df, request("10.1.0.5", "10.1.0.6", "10.1.0.7", "10.1.0.8"), 1)
    before = scaled.composition
    after = scaled.scale(2)
    assert {id: after.parts[id].hard for id in before.parts} == {
        id: part.hard for id, part in before.parts.items()
    }
    assert {id: after.parts[id].name for id in before.parts} == {
        id: part.name for id, part in before.parts.items()
    }
    assert addresses(after, "front")["v-3"] == ["10.1.0.8/16"]


def test_the_last_come_goes_first_and_its_number_does_not_come_back(df: model.VnfDf) -> None:
    scaled = vnf(df, UNCONNECTED, 2)
    assert [part.id for part in scaled.scale(0).of_kind("compute")] == ["v-0", "v-1"]
    again = scaled.scale(1)
    assert [part.id for part in again.of_kind("compute")] == ["v-0", "v-1", "v-4"]
    assert addresses(again, "inner")["v-4"] == ["10.9.0.4/24"]  # the first that is free again


def test_more_ports_than_the_network_service_gave_addresses_have_none(df: model.VnfDf) -> None:
    composition = vnf(df, request("10.1.0.5", "10.1.0.6"), 1).composition
    assert addresses(composition, "front")["v-2"] == []


def test_who_is_on_a_link_with_somebody_new_is_told(df: model.VnfDf) -> None:
    scaled = vnf(df, UNCONNECTED)
    before, after = scaled.composition.parts["v-0"], scaled.scale(1).parts["v-0"]
    assert before.name == after.name and before.soft != after.soft
    assert scaled.scale(0).parts["v-0"].soft == before.soft


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
    free = dataclasses.replace(df, virtual_links={"own": model.Vld("own")}, aspects={})
    level = model.InstantiationLevel("most", vdus={"v": 500})
    large = dataclasses.replace(free, levels={"most": level})
    assert resources.internal_links(free)["own"]["cidr"] == "10.200.0.0/24"
    assert resources.internal_links(large)["own"]["cidr"] == "10.200.0.0/23"
    addressing.check_room(large, {"v": 500})
