# SPDX-License-Identifier: Apache-2.0
"""What a picture consists of before it is drawn: boxes, wires, paths and their order."""

from __future__ import annotations

import dataclasses
import re

import pytest
from shown_packages import HUNGRY, INNER_OUT, VNFD, chain, read, shown_tree

from descriptors import model
from descriptors.commands import (
    boxes,
    cells,
    drawing,
    ns_scenes,
    phrases,
    pictures,
    scenes,
    vnf_scenes,
)
from descriptors.package import Package


def test_a_path_takes_the_links_that_its_ends_share_in_order() -> None:
    scene = pictures.scene(read("ns/secure-web"))
    assert [(number, tail[0][0], head[0][0]) for _, number, tail, head in scene.hops] == [
        (1, "sap", "firewall"),
        (2, "firewall", "loadbalancer"),
        (3, "loadbalancer", "web"),
    ]
    assert all(
        set(scene.bars_of(tail)) & set(scene.bars_of(head)) for _, _, tail, head in scene.hops
    )
    distance = scene.distances()
    way: list[scenes.Key] = [
        ("sap", "client"),
        ("link", "clients"),
        ("firewall",),
        ("link", "dmz"),
        ("loadbalancer",),
        ("link", "servers"),
        ("web",),
    ]
    assert [distance[key] for key in way] == list(range(7))


def test_every_element_of_a_position_is_on_the_way_and_a_virtual_ip_is_shown() -> None:
    ends = [[model.CpRef("in", "a")], [model.CpRef("in", "b")]]
    nfp = model.Nfpd(
        "p", [model.NfpPosition([[model.CpRef("people")]]), model.NfpPosition(ends, "lb")]
    )
    df = model.NsDf(
        "d",
        virtual_links={"lan": model.Vld("lan")},
        sapds={"people": model.Sapd("people", "lan")},
        vnf_profiles={name: model.VnfProfile(name, "v", "f", links={"in": "lan"}) for name in "ab"},
        nfps={"q": dataclasses.replace(nfp, id="q")},
        vnffgds={"g": model.Vnffgd("g", {"p": nfp})},
    )
    nsd = model.Nsd("i", "me", "1", "n", default_flavour="d", flavours={"d": df})
    scene = ns_scenes.of_ns(nsd, df, {})
    assert [(number, head) for _, number, _, head in scene.hops] == [
        (1, (("a",), "in")),
        (1, (("b",), "in")),
    ]
    assert phrases.path(nfp) == "people → a (in) | b (in) [lb]"
    assert "NFP q of no VNFFG" in shown_tree(Package("ns", nsd))
    vip = dataclasses.replace(
        HUNGRY,
        vip_cpds={"v": model.VipCpd("v", ["a"], "load_balance")},
        ext_cpds={"v": model.ExtCpd("v", "v")},
    )
    vnfd = dataclasses.replace(VNFD, flavours={"big": vip})
    assert vnf_scenes.of_vnf(vnfd).boxes["big", "cp", "v"].lines == ["load_balance of a"]
    assert "v → external: load_balance of a" in shown_tree(Package("vnf", vnfd))


def test_a_pnf_is_shown_with_its_external_cps() -> None:
    package = Package(
        "pnf",
        model.Pnfd(
            "i",
            "me",
            "box",
            "1",
            "a box",
            ext_cpds={"port": model.ExtCpd("port")},
            requirements={"wan": "port"},
        ),
    )
    assert "port, requirement wan" in shown_tree(package) and "a box" in shown_tree(package)
    assert pictures.scene(package).boxes["pnf",].title == "box"


def test_a_cp_that_is_external_and_internal_is_wired_on_both_sides() -> None:
    source = drawing.graph(pictures.scene(Package("vnf", INNER_OUT))).source
    [port] = re.findall(r'port="(n\d+)" bgcolor="#eef3fb"><font point-size="10">both<', source)
    assert re.search(rf":{port}:w\b", source) and re.search(rf":{port}:e\b", source)


def test_of_two_paths_through_a_cp_each_has_a_port_and_arrows_end_at_cps_only() -> None:
    source = drawing.graph(pictures.scene(Package("ns", chain(2, paths=2)))).source
    edges = re.findall(r"^\t(\S+) -> (\S+) \[(.*)\]$", source, re.M)
    paths = [(tail, head, about) for tail, head, about in edges if "penwidth" in about]
    assert all((":" in head) == ("dir=forward" in about) for _, head, about in paths)
    assert {re.sub(r".*(p\d):.*", r"\1", head) for _, head, about in paths if ":" in head} == {
        "p0",
        "p1",
    }


@pytest.mark.parametrize(("length", "direction"), [(3, "LR"), (8, "TB")])
def test_a_long_chain_goes_down(length: int, direction: str) -> None:
    for vnfds in ([], [INNER_OUT]):
        source = drawing.graph(pictures.scene(Package("ns", chain(length)), vnfds)).source
        assert f"rankdir={direction}" in source or (vnfds and "rankdir=TB" in source)


def test_the_default_flavour_is_on_top_and_open_ends_do_not_repeat_their_names() -> None:
    scene = pictures.scene(Package("vnf", VNFD))
    assert [frame.lines for frame in scene.frames.values()] == [
        ["flavour small"],
        ["flavour big (default), level two"],
    ]  # dot: last on top
    assert {bar.title for bar in scene.bars.values() if bar.kind == "open"} == {""}


def test_paths_and_aspects_have_colours_of_their_own() -> None:
    assert boxes.ASPECT not in cells.PATHS and len(set(cells.PATHS)) == len(cells.PATHS)
