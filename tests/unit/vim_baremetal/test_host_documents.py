# SPDX-License-Identifier: Apache-2.0
"""From stored resources to a host's desired state, and from its report back."""

from __future__ import annotations

from typing import Any

from mano.vim import port
from vim_baremetal import desired, reports

VIM = "vim-baremetal"


def resource(kind: str, name: str, since: int = 3, **more: Any) -> port.Resource:
    return {
        "kind": kind,
        "id": port.resource_id(VIM, kind, name),
        "name": name,
        "owner": "o",
        "zone": "host-1",
        "state": "BUILDING",
        "detail": {},
        "spec": {},
        "inner": {"since": since},
        **more,
    }


NET = resource("network", "net", spec={"mtu": 1400})
WEB = resource(
    "compute",
    "web",
    inner={"since": 3, "cpus": [2, 3]},
    spec={
        "vnf": "web",
        "vdu": "w",
        "vcpus": 2,
        "memoryMiB": 64,
        "image": "i-1",
        "ports": ["web/http"],
        "userData": {"a": 1},
    },
)
END = {"cp": "http", "network": NET["id"], "addresses": ["10.0.0.2/24"], "compute": "web"}
HTTP = resource("port", "web/http", spec=END)
SAP = resource("port", "sap", spec={"network": NET["id"], "mac": "02:00:00:00:00:01"})
PATH = resource(
    "path",
    "path",
    spec={"match": [{"protocol": "tcp"}], "hops": [{"from": ["sap"], "to": ["web/http"]}]},
)
CHECKSUM = {"algorithm": "sha-256", "hash": "aa"}
IMAGES = [
    {"id": id, "kind": "image", "spec": {"checksum": CHECKSUM}, "detail": {"size": 5}}
    for id in ("i-1", "i-2")
]


def test_a_document_holds_all_that_is_to_be_on_the_host_and_the_images_it_needs() -> None:
    document = desired.document(VIM, "host-1", 7, [NET, SAP, HTTP, WEB, PATH], IMAGES)
    assert (document["host"], document["version"], document["paused"]) == ("host-1", 7, False)
    assert document["networks"] == [{"id": NET["id"], "name": "net", "mtu": 1400}]
    assert [image["id"] for image in document["images"]] == ["i-1"]
    compute = document["computes"][0]
    assert (compute["cpus"], compute["runtime"], compute["userData"]) == ([2, 3], "netns", {"a": 1})
    assert document["paths"][0]["hops"] == [
        {"from": [SAP["id"]], "to": [compute["ports"][0]["id"]]}
    ]
    assert document["ports"][0]["mac"] == "02:00:00:00:00:01" and compute["ports"][0][
        "mac"
    ].startswith("02:")


def test_what_is_being_removed_is_desired_no_more() -> None:
    document = desired.document(VIM, "host-1", 7, [NET, {**WEB, "state": "TERMINATING"}], IMAGES)
    assert (
        document["computes"] == [] and document["images"] == [] and len(document["networks"]) == 1
    )


def test_a_report_older_than_the_last_change_says_nothing() -> None:
    gone = {**WEB, "state": "TERMINATING"}
    assert reports.after(VIM, WEB, {"state": "ACTIVE"}, 2) is WEB
    assert reports.after(VIM, gone, None, 2) is gone
    assert reports.after(VIM, gone, None, 3) is None
    assert reports.after(VIM, gone, {"state": "BUILDING"}, 3) is gone


def test_what_is_read_back_becomes_the_detail() -> None:
    id = port.resource_id(VIM, "port", "web/http")
    said = {
        "kind": "compute",
        "state": "ACTIVE",
        "pid": 7,
        "namespace": "n",
        "cpus": [2, 3],
        "ports": [
            {
                "id": id,
                "interface": "http",
                "mac": "02:aa",
                "addresses": ["10.0.0.2/24"],
                "rx": 1,
                "tx": 2,
            }
        ],
    }
    after = reports.after(VIM, WEB, said, 3)
    assert after is not None and after["state"] == "ACTIVE"
    assert (after["detail"]["pid"], after["detail"]["host"]) == (7, "host-1")
    after = reports.after(VIM, HTTP, reports.of_ports({WEB["id"]: said})[id], 3)
    assert after is not None and after["state"] == "ACTIVE"
    assert after["detail"] == {
        "id": id,
        "name": "web/http",
        "cp": "http",
        "network": NET["id"],
        "addresses": ["10.0.0.2/24"],
        "routes": [],
        "mac": "02:aa",
        "interface": "http",
        "host": "host-1",
    }


def test_counters_of_ports_do_not_change_a_resource() -> None:
    said = [
        {"kind": "compute", "state": "ACTIVE", "ports": [{"id": HTTP["id"], "rx": number}]}
        for number in (1, 2)
    ]
    assert reports.after(VIM, WEB, said[0], 3) == reports.after(VIM, WEB, said[1], 3)
    ports = [reports.of_ports({WEB["id"]: report})[HTTP["id"]] for report in said]
    assert reports.after(VIM, HTTP, ports[0], 3) == reports.after(VIM, HTTP, ports[1], 3)


def test_an_error_bears_the_agents_words_and_heals() -> None:
    broken = reports.after(
        VIM, WEB, {"state": "ERROR", "why": "no memory", "log": ["line 1", "line 2"]}, 3
    )
    assert broken is not None and broken["error"] == {
        "status": 500,
        "detail": "host host-1: no memory\nline 1\nline 2",
    }
    healed = reports.after(VIM, broken, {"state": "ACTIVE"}, 3)
    assert healed is not None and healed["state"] == "ACTIVE" and "error" not in healed


def test_what_is_missing_from_a_report_is_being_built() -> None:
    lost = reports.after(VIM, {**WEB, "state": "ACTIVE"}, None, 4)
    assert lost is not None and lost["state"] == "BUILDING"
