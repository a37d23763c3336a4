# SPDX-License-Identifier: Apache-2.0
"""The plan is a pure function of what is desired and what was found."""

import dataclasses
from typing import Any

import pytest
from vim_side import Document, compute, network, port

from dataplane_agent import computes, desired, interconnects, names, plan, runtimes, supervision
from dataplane_agent.found import Found
from dataplane_agent.host import Host
from dataplane_agent.interconnects.bridge import rules
from dataplane_agent.interconnects.bridge.holding import BridgeDevice, Holding, Link
from dataplane_agent.namespaces import Space
from dataplane_agent.processes import Process

FEATURES: Document = {"cgroup_cpuset": {"works": True}, "cgroup_memory": {"works": False}}
HOST = Host("1a2b", (0, 1, 2, 3), FEATURES, interconnects.known(), runtimes.known())
IMAGE = {"id": "image-1", "checksum": {"algorithm": "sha-256", "hash": "00"}}


def document(**more: object) -> Document:
    return {
        "networks": [network("n1")],
        "computes": [compute("c", [port("p", "n1", 2, "eth")])],
        "images": [IMAGE],
        **more,
    }


def state(holding: Holding | None = None, **more: Any) -> Found:
    """A found state with these bridges, links and paths, and this of the rest."""
    return Found(holdings={"bridge": holding or Holding()}, **more)


def sentences(document: Any, found: Found) -> list[str]:
    return [str(action) for action in plan.plan(document, found, HOST)]


def test_an_empty_host_and_no_wish_is_converged() -> None:
    assert sentences({}, state()) == []


def test_a_plan_reads_as_sentences_in_the_order_of_doing() -> None:
    lines = sentences(document(), state(images=frozenset({"image-1"})))
    firsts = [s.split()[0] + " " + s.split()[1] for s in lines]
    assert firsts == [
        "create network",
        "keep the",
        "create namespace",
        "create port",
        "set loopback",
        "set eth",
        "give eth",
        "limit c",
        "start c",
    ]


def test_a_compute_waits_for_its_image() -> None:
    lines = sentences(document(), state())
    assert "fetch image image-1" in lines and "start c once image image-1 is here" in lines


def test_what_nothing_names_any_more_is_removed() -> None:
    found = state(
        Holding(
            bridges={"m1a2bb00000000": BridgeDevice(1500, True, True)},
            links={"m1a2bp00000000": Link(1, 2, "", 1500, True, "")},
            table=True,
        ),
        spaces={"m1a2bn00000000": Space(7)},
        groups={"00000000": {}},
        processes=(Process(5, 7), Process(6, 99, "id-gone", "x", True)),
        images=frozenset({"old"}),
        folders=frozenset({"old"}),
    )
    tools = [a.tool for a in plan.plan({}, found, HOST)]
    assert tools == ["stop", "stop", "nft", "unlink", "unlink", "ip", "ungroup", "unfile", "unfile"]


def test_a_namespace_with_nothing_behind_its_name_is_made_anew() -> None:
    name = names.space("1a2b", "id-c")
    lines = sentences(document(), state(spaces={name: Space(0)}))
    assert f"remove namespace {name}" in lines and f"create namespace {name} for c" in lines


def test_a_process_with_another_configuration_is_ended_and_started() -> None:
    name = names.space("1a2b", "id-c")
    found = state(
        spaces={name: Space(7, True)},
        processes=(Process(5, 7, "id-c", "old", True, (0,)),),
        images=frozenset({"image-1"}),
    )
    lines = sentences(document(), found)
    assert (
        lines[0] == "end process 5 of c, which has another configuration" and lines[-1] == "start c"
    )


def test_a_visitor_in_a_namespace_that_stays_is_left_alone() -> None:
    found = state(spaces={names.space("1a2b", "id-c"): Space(7, True)}, processes=(Process(5, 7),))
    assert not [a for a in plan.plan(document(), found, HOST) if a.tool == "stop"]


def test_a_process_outside_its_cpus_is_pinned_and_others_keep_off_dedicated_ones() -> None:
    goal = document(computes=[compute("c", [], cpus=[3]), compute("d", [])])
    config = computes.config(goal["computes"][0], goal["images"])
    found = state(
        spaces={names.space("1a2b", "id-c"): Space(7, True)},
        processes=(Process(5, 7, "id-c", config, True, (2, 3)),),
    )
    assert "pin process 5 of c to CPU 3" in sentences(goal, found)
    assert computes.allowed(goal["computes"][1], goal, HOST) == (0, 1, 2)


def test_limits_are_set_for_the_controllers_that_work_only() -> None:
    assert computes.limits(compute("c", [], cpus=[1, 2]), document(), HOST) == {"cpuset": "1-2"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mac": "03:00:00:00:00:01"}, "not a unicast address"),
        ({"mac": "02:00:00:00:00:01\nlink del lo"}, "mac"),
        ({"addresses": ["10.0.0.500/24"]}, "10.0.0.500/24"),
        ({"network": "n9"}, "network n9 is not desired"),
        ({"cp": "a b"}, "cannot be an interface's name"),
        ({"routes": [{"to": "x", "via": "y"}]}, "'x'"),
    ],
)
def test_a_port_that_cannot_be_is_refused_with_the_reason(change: Document, words: str) -> None:
    goal = document(computes=[compute("c", [{**port("p", "n1", 2, "eth"), **change}])])
    possible, reasons = desired.sift(goal, HOST)
    assert not possible["computes"] and words in reasons["id-c"]


def test_a_missing_kernel_feature_is_named_with_what_it_is_for() -> None:
    path = {"id": "p1", "hops": [{"from": ["id-p"], "to": ["id-p"]}]}
    features = {
        "nft_bridge": {"works": False, "why": "Operation not supported", "for": "forwarding paths"}
    }
    host = dataclasses.replace(HOST, features=features)
    _, reasons = desired.sift(document(paths=[path]), host)
    assert reasons == {
        "p1": "this host lacks nft_bridge (Operation not supported), needed for forwarding paths"
    }


@pytest.mark.parametrize(
    ("hop", "words"),
    [
        ({"from": ["id-x"], "to": ["id-p"]}, "hop 1: port id-x is not on this host"),
        ({"from": [], "to": ["id-p"]}, "hop 1 names no port"),
        ({"from": ["id-p"], "to": ["id-q"]}, "hop 1 leads from one network to another"),
    ],
)
def test_a_hop_that_cannot_be_is_refused(hop: Document, words: str) -> None:
    goal = document(
        networks=[network("n1"), network("n2")],
        paths=[{"id": "p1", "hops": [hop]}],
        ports=[port("q", "n2", 3)],
    )
    assert words in desired.sift(goal, HOST)[1]["p1"]


def test_an_unknown_match_is_refused_and_never_ignored() -> None:
    with pytest.raises(ValueError, match="vlanTag is not known"):
        rules.match({"protocol": "tcp", "vlanTag": 5})
    with pytest.raises(ValueError, match="needs protocol"):
        rules.match({"destinationPort": [80, 80]})


def test_a_match_becomes_an_nft_expression() -> None:
    assert (
        rules.match({"destinationPort": [80, 81], "protocol": "TCP", "source": "10.0.0.0/8"})
        == "meta l4proto tcp ip saddr 10.0.0.0/8 th dport 80-81"
    )


def test_cpus_print_as_the_kernel_prints_them() -> None:
    assert computes.cpu_list((0, 1, 2, 5)) == "0-2,5"


def test_a_process_that_keeps_ending_is_started_ever_later_and_called_a_crash_loop() -> None:
    life, waits = supervision.Life(), []
    for second in range(4):
        life = life.began(10 + second, second).ended(1, second + 0.1)
        waits.append(round(life.hold - second - 0.1, 3))
    assert waits == [0.0, 0.1, 0.3, 1.0] and life.looping(4) and life.restarts == 3
    steady = dataclasses.replace(life.began(20, 10), code=None)
    assert not steady.looping(16)
