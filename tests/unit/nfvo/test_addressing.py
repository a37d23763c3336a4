# SPDX-License-Identifier: Apache-2.0
"""Addresses, neighbours and routes of the sample service, read from its own NSD."""
from __future__ import annotations

import pathlib

import pytest

import descriptors
from descriptors import model
from mano.rest import Problem
from nfvo import addressing

ROOT = pathlib.Path(__file__).parents[3]
NUMBERS = {"firewall": {}, "loadbalancer": {}, "web": {"http": 2, "mgmt": 2}}


@pytest.fixture(scope="module")
def df(tmp_path_factory: pytest.TempPathFactory) -> model.NsDf:
    built = descriptors.build(ROOT / "descriptors" / "ns" / "secure-web", tmp_path_factory.mktemp("csar"))
    nsd = descriptors.read(built).descriptor
    assert isinstance(nsd, model.Nsd)
    return nsd.flavours["default"]


def test_every_end_has_an_address_of_its_link_and_no_two_the_same(df: model.NsDf) -> None:
    made = addressing.plan(df, NUMBERS)
    assert len({end.address for end in made.ends}) == len(made.ends)
    assert len(made.of("web", "http")) == 2
    for end in made.ends:
        assert end.address.startswith(made.subnets[end.link].rsplit(".", 1)[0])


def test_downstream_vnfs_answer_through_the_one_before_them(df: model.NsDf) -> None:
    made = addressing.plan(df, NUMBERS)
    ways = addressing.routes(df, made)
    inside = made.of("firewall", "inside")[0].address
    assert {"to": "0.0.0.0/0", "via": inside} in ways[("loadbalancer", "front")]
    assert {"to": "0.0.0.0/0", "via": made.of("loadbalancer", "back")[0].address} in ways[("web", "http")]


def test_a_sap_reaches_what_lies_behind_the_first_vnf_through_it(df: model.NsDf) -> None:
    made = addressing.plan(df, NUMBERS)
    outside = made.of("firewall", "outside")[0].address
    assert {(route["to"], route["via"]) for route in addressing.routes(df, made)[(None, "client")]} == {
        ("10.20.2.0/24", outside), ("10.20.3.0/24", outside)}


def test_a_vnf_knows_its_neighbours_and_its_place_in_the_chain(df: model.NsDf) -> None:
    made = addressing.plan(df, NUMBERS)
    near = {item["vnf"]: item["addresses"] for item in addressing.neighbours(made, "loadbalancer", "back", "servers")}
    assert len(near["web"]) == 2
    chain = addressing.chain(df, made, "loadbalancer")
    assert [item["vnf"] for item in chain["previous"]] == ["firewall"] and [item["vnf"] for item in chain["next"]] == ["web"]


def test_vnfs_are_in_the_order_in_which_traffic_meets_them(df: model.NsDf) -> None:
    assert addressing.order(df) == ["firewall", "loadbalancer", "web"]


def test_a_subnet_that_is_too_small_is_named() -> None:
    df = model.NsDf("df", vnf_profiles={"v": model.VnfProfile("v", "d", "f", links={"cp": "tiny"})},
                    virtual_links={"tiny": model.Vld("tiny", cidr="10.0.0.0/30")})
    with pytest.raises(Problem, match="tiny: its subnet 10.0.0.0/30 has too few addresses"):
        addressing.plan(df, {"v": {"cp": 2}})
