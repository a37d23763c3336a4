# SPDX-License-Identifier: Apache-2.0
"""Addresses, neighbours and routes of the sample service, read from its own NSD."""

from __future__ import annotations

import pathlib

import pytest

import descriptors
from descriptors import model
from mano.problems import Problem
from nfvo import addressing, network_service

ROOT = pathlib.Path(__file__).parents[3]
NUMBERS = {"firewall": {}, "loadbalancer": {}, "web": {"http": 2, "mgmt": 2}}


@pytest.fixture(scope="module")
def df(tmp_path_factory: pytest.TempPathFactory) -> model.NsDf:
    built = descriptors.build(
        ROOT / "descriptors" / "ns" / "secure-web", tmp_path_factory.mktemp("csar")
    )
    nsd = descriptors.read(built).descriptor
    assert isinstance(nsd, model.Nsd)
    return nsd.flavours["default"]


def test_every_end_has_an_address_of_its_link_and_no_two_the_same(df: model.NsDf) -> None:
    addresses = addressing.plan(df, NUMBERS)
    assert len({cp.address for cp in addresses.cps}) == len(addresses.cps)
    assert len(addresses.of("web", "http")) == 2
    for cp in addresses.cps:
        assert cp.address.startswith(addresses.subnets[cp.link].rsplit(".", 1)[0])


def test_downstream_vnfs_answer_through_the_one_before_them(df: model.NsDf) -> None:
    addresses = addressing.plan(df, NUMBERS)
    routes = addressing.routes(df, addresses)
    firewall = addresses.of("firewall", "inside")[0].address
    assert {"to": "0.0.0.0/0", "via": firewall} in routes[("loadbalancer", "front")]
    assert {"to": "0.0.0.0/0", "via": addresses.of("loadbalancer", "back")[0].address} in routes[
        ("web", "http")
    ]


def test_a_sap_reaches_what_lies_behind_the_first_vnf_through_it(df: model.NsDf) -> None:
    addresses = addressing.plan(df, NUMBERS)
    outside = addresses.of("firewall", "outside")[0].address
    assert {
        (route["to"], route["via"]) for route in addressing.routes(df, addresses)[(None, "client")]
    } == {("10.20.2.0/24", outside), ("10.20.3.0/24", outside)}


def test_a_vnf_knows_its_neighbours_and_its_place_in_the_chain(df: model.NsDf) -> None:
    addresses = addressing.plan(df, NUMBERS)
    near = {
        item["vnf"]: item["addresses"]
        for item in addressing.neighbours(addresses, "loadbalancer", "back", "servers")
    }
    assert len(near["web"]) == 2
    chain = addressing.chains(df, addresses)["loadbalancer"]
    assert [item["vnf"] for item in chain["previous"]] == ["firewall"] and [
        item["vnf"] for item in chain["next"]
    ] == ["web"]


def test_vnfs_are_in_the_order_in_which_traffic_meets_them(df: model.NsDf) -> None:
    assert addressing.order(df) == ["firewall", "loadbalancer", "web"]


def test_a_subnet_that_is_too_small_is_named() -> None:
    df = model.NsDf(
        "df",
        vnf_profiles={"v": model.VnfProfile("v", "d", "f", links={"cp": "tiny"})},
        virtual_links={"tiny": model.Vld("tiny", cidr="10.0.0.0/30")},
    )
    with pytest.raises(Problem, match=r"tiny: its subnet 10\.0\.0\.0/30 has too few addresses"):
        addressing.plan(df, {"v": {"cp": 2}})


BALANCED = model.NsDf(
    "df",
    virtual_links={
        name: model.Vld(name, cidr=f"10.0.{number}.0/24")
        for number, name in enumerate(("in", "out"))
    },
    sapds={"people": model.Sapd("people", "in")},
    vnf_profiles={
        **{
            name: model.VnfProfile(name, "d", "f", links={"near": "in", "far": "out"})
            for name in ("a", "b")
        },
        "c": model.VnfProfile("c", "d", "f", links={"far": "out"}),
    },
    vnffgds={
        "g": model.Vnffgd(
            "g",
            {
                "p": model.Nfpd(
                    "p",
                    [
                        model.NfpPosition([[model.CpRef("people")]]),
                        model.NfpPosition(
                            [
                                [model.CpRef("near", name), model.CpRef("far", name)]
                                for name in ("a", "b")
                            ],
                            "lb",
                        ),
                        model.NfpPosition([[model.CpRef("far", "c")]]),
                    ],
                )
            },
        )
    },
)
SHAPE = model.VnfDf(
    "f",
    requirements={"near": "left", "far": "right"},
    ext_cpds={name: model.ExtCpd(name) for name in ("left", "right")},
)


def test_both_vnfs_of_a_load_balanced_position_are_on_the_way() -> None:
    addresses = addressing.plan(BALANCED, {"a": {}, "b": {}, "c": {}})
    routes, a, b = (
        addressing.routes(BALANCED, addresses),
        addresses.of("a", "near")[0].address,
        addresses.of("b", "near")[0].address,
    )
    assert routes[(None, "people")] == [{"to": "10.0.1.0/24", "via": a}]
    assert [routes[name, "near"] for name in "ab"] == [
        [{"to": "0.0.0.0/0", "via": addresses.of(None, "people")[0].address}]
    ] * 2
    assert [item["vnf"] for item in addressing.chains(BALANCED, addresses)["c"]["previous"]] == [
        "a",
        "b",
    ]
    assert addressing.order(BALANCED) == ["a", "b", "c"] and a != b


def test_requirements_of_vnfs_become_external_cps_on_links_and_paths() -> None:
    df = network_service.by_ext_cp(BALANCED, dict.fromkeys("abc", SHAPE))
    assert df.vnf_profiles["a"].links == {"left": "in", "right": "out"}
    assert [cp.cp for cp in df.vnffgds["g"].nfps["p"].positions[1].cps] == ["left", "right"] * 2
    assert network_service.by_ext_cp(df, dict.fromkeys("abc", SHAPE)).vnffgds == df.vnffgds
