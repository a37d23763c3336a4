# SPDX-License-Identifier: Apache-2.0
"""What VNFCs are told on day 0."""

from __future__ import annotations

from descriptors import model
from tests.unit.vnfm.conftest import INSTANCE, UNCONNECTED, Vnf, request, vnf
from vnfm.day0 import Book


def book(vnf: Vnf) -> Book:
    return Book(INSTANCE, vnf.composition)


def test_day_0_data_name_neighbours_and_parameters(df: model.VnfDf) -> None:
    document = book(vnf(df, request("10.1.0.5", "10.1.0.6"))).document("v-0")
    front, inner = document["ports"]
    assert front["link"] == "dmz" and front["interface"] == "front" and front["extCp"] == "outside"
    assert inner["neighbours"] == [{"vnf": "n", "cp": "inner", "addresses": ["10.9.0.3/24"]}]
    assert document["parameters"] == {"a": 1, "b": 2}


def test_siblings_come_before_what_the_network_service_has_on_the_link(df: model.VnfDf) -> None:
    [front, _] = book(vnf(df, request("10.1.0.5", "10.1.0.6"))).document("v-1")["ports"]
    assert front["neighbours"] == [
        {"vnf": "n", "cp": "front", "addresses": ["10.1.0.5/16"]},
        {"vnf": "sap", "cp": "s", "addresses": ["10.1.0.9/16"]},
    ]


def test_the_siblings_of_one_cp_are_one_neighbour_with_all_their_addresses(
    df: model.VnfDf,
) -> None:
    [inner] = book(vnf(df, UNCONNECTED, 2)).document("v-1")["ports"]
    addresses = ["10.9.0.2/24", "10.9.0.4/24", "10.9.0.5/24"]
    assert inner["neighbours"] == [{"vnf": "n", "cp": "inner", "addresses": addresses}]
