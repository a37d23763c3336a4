# SPDX-License-Identifier: Apache-2.0
"""The port of interconnects, on each one; and what becomes of types that nobody has."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from vim_side import Vim, compute, needs, network, port

from dataplane_agent import desired, interconnects, runtimes
from dataplane_agent.host import Host
from dataplane_agent.interconnects import Capabilities, contract
from dataplane_agent.interconnects.bridge import Bridge


class TestBridge(contract.InterconnectContract):
    """Linux bridges."""

    type = "bridge"

    @pytest.fixture(autouse=True)
    @staticmethod
    def features() -> None:
        needs("netns", "veth", "bridge", "nft_bridge")


class Shared(Bridge):
    """An interconnect of another kind, on which no path leads, and which attaches by memory."""

    capabilities = Capabilities(needs={}, attaches="memory", paths=False)


HOST = Host("1a2b", (0,), {}, {"bridge": Bridge(), "memif": Shared()}, runtimes.known())


def reasons(**document: Any) -> dict[str, str]:
    image = {"id": "image-1", "checksum": {"algorithm": "sha-256", "hash": "00"}}
    return desired.sift({"images": [image], **document}, HOST)[1]  # type: ignore[typeddict-item]


def test_an_unknown_type_is_an_error_that_names_the_known_ones_and_the_rest_goes_on(
    vim: Vim,
) -> None:
    vim.start()
    vim.desire(
        {
            "networks": [{**network("n1"), "type": "ovs"}, {**network("n2"), "type": "bridge"}],
            "ports": [
                port("a", "n1", 2),
                {**port("b", "n2", 3), "type": "vf"},
                {**port("c", "n2", 4), "type": "bridge"},
            ],
        }
    )
    report = vim.report(lambda r: r["resources"].get("id-c", {}).get("state") == "ACTIVE")
    words = {i: r.get("why", "") for i, r in report["resources"].items() if r["state"] == "ERROR"}
    assert words == {
        "n1": "type ovs is not known here; known: bridge",
        "id-a": "port a: network n1: type ovs is not known here; known: bridge",
        "id-b": "port b: type vf is not known here; known: bridge",
    }


def test_a_port_is_attached_by_the_interconnect_of_its_network() -> None:
    words = reasons(networks=[network("n1")], ports=[{**port("a", "n1", 2), "type": "memif"}])
    assert words == {"id-a": "port a: type memif on network n1 of type bridge"}


def test_a_runtime_that_does_not_take_what_an_interconnect_gives_is_refused() -> None:
    networks = [{**network("n1"), "type": "memif"}]
    words = reasons(networks=networks, computes=[compute("c", [port("p", "n1", 2, "eth")])])
    assert words == {"id-c": "port p: runtime netns takes no memory"}


def test_a_path_stays_on_one_interconnect_and_on_one_that_carries_paths() -> None:
    networks = [{**network("n1"), "type": "memif"}, network("n2")]
    ports = [port("a", "n1", 2), port("b", "n1", 3), port("c", "n2", 4), port("d", "n2", 5)]
    within = [{"from": ["id-a"], "to": ["id-b"]}]
    across = [*within, {"from": ["id-c"], "to": ["id-d"]}]
    paths = [{"id": "within", "hops": within}, {"id": "across", "hops": across}]
    assert reasons(networks=networks, ports=ports, paths=paths) == {
        "within": "no paths lead over type memif",
        "across": "it leads over bridge and memif; a path stays on one type of interconnect",
    }


def test_what_a_runtime_does_not_honour_is_refused() -> None:
    runtime = runtimes.known()["netns"]
    runtime.capabilities = dataclasses.replace(runtime.capabilities, honours=frozenset())
    host = dataclasses.replace(HOST, runtimes={"netns": runtime})
    image: Any = {"id": "image-1", "checksum": {"algorithm": "sha-256", "hash": "00"}}
    document: Any = {"images": [image], "computes": [compute("c", [], cpus=[0])]}
    assert desired.sift(document, host)[1] == {"id-c": "runtime netns does not honour cpus"}


def test_what_is_installed_is_found_by_entry_point() -> None:
    assert set(interconnects.known()) == {"bridge"} and set(runtimes.known()) == {"netns"}
