# SPDX-License-Identifier: Apache-2.0
"""Clients as they are, at the APIs of SOL."""

from __future__ import annotations

import contextlib
import http.client
import urllib.parse
from typing import Any

import pytest

from tests import running as suites
from tests.running import Api, Running

OPERATIONS = {"nslcm": "ns_lcm_op_occs", "vnflcm": "vnf_lcm_op_occs"}


@pytest.mark.parametrize("api_name", OPERATIONS)
def test_what_is_there_comes_before_the_body(api: Api, nsd: str, api_name: str) -> None:
    collection = f"/{api_name}/v2/{OPERATIONS[api_name]}"
    assert api.post(f"{collection}/none/cancel").status_code == 404
    instances = collection.replace("_lcm_op_occs", "_instances")
    assert api.post(f"{instances}/none/instantiate").status_code == 404
    assert api.post(f"{instances}/none/terminate", {"terminationType": 5}).status_code == 404


def test_the_state_comes_before_the_body(api: Api, nsd: str) -> None:
    ns = api.ns(nsd)
    assert api.post(f"{ns}/terminate", {"terminationTime": "soon"}).status_code == 409
    assert api.post(f"{ns}/instantiate", {"nsFlavourId": 5}).status_code == 400
    operation = api.instantiate(ns)
    assert api.ended(operation)["operationState"] == "COMPLETED"
    assert api.post(f"{operation}/cancel").status_code == 409
    assert api.post(f"{ns}/instantiate").status_code == 409
    api.removed(ns)


def test_every_202_says_where_to_look(api: Api, nsd: str) -> None:
    vim = api.vim(
        delays={"network": 0.5},
        faults=[{"kind": "network", "error": {"status": 500, "detail": "no"}, "count": 2}],
    )
    ns = api.ns(nsd)
    operation = api.instantiate(ns, vim)
    cancelled = api.post(f"{operation}/cancel", {"cancelMode": "GRACEFUL"})
    assert (cancelled.status_code, cancelled.headers["Location"]) == (202, operation)
    for task in ("retry", "continue", "rollback"):
        assert api.ended(operation)["operationState"] == "FAILED_TEMP"
        answer = api.ok("POST", f"{operation}/{task}", 202)
        assert answer.headers["Location"] == operation
        if task != "rollback":
            api.post(f"{operation}/cancel", {"cancelMode": "GRACEFUL"})
    assert api.ended(operation)["operationState"] == "ROLLED_BACK"
    api.ok("DELETE", ns, 204)


def test_an_upload_says_where_its_check_can_be_followed(
    api: Api, samples: dict[str, bytes]
) -> None:
    package = api.ok("POST", "/vnfpkgm/v2/vnf_packages", 201, {}).headers["Location"]
    answer = api.ok(
        "PUT",
        f"{package}/package_content",
        202,
        content=b"no package",
        headers={"Content-Type": "application/zip"},
    )
    assert answer.headers["Location"] == package
    assert api.checked(package)["onboardingState"] == "ERROR"
    api.ok("DELETE", package, 204)


def test_how_a_vim_is_spoken_with_is_for_administrators(
    running: Running, api: Api, nsd: str
) -> None:
    vim = api.vim(delay=0.01)
    reader = suites.client(running, "reader")
    assert api.get(f"/admin/v1/vims/{vim}").json()["extra"] == {"delay": 0.01}
    listed = reader.ok("GET", "/admin/v1/vims", 200).json()
    query = {"filter": "(eq,extra/delay,0.01)"}
    assert [one["id"] for one in api.get("/admin/v1/vims", params=query).json()] == [vim]
    assert "no attribute 'extra'" in reader.ok("GET", "/admin/v1/vims", 400, params=query).text
    for shown in (*listed, reader.ok("GET", f"/admin/v1/vims/{vim}", 200).json()):
        assert "extra" not in shown and shown["vimType"] == "simulated"
    ns = api.ns(nsd)
    api.ended(api.instantiate(ns, vim))
    vnfs = reader.ok("GET", "/vnflcm/v2/vnf_instances?all_fields", 200).json()
    connections = [each for vnf in vnfs for each in vnf.get("vimConnectionInfo", {}).values()]
    assert {"vimId": vim, "vimType": "simulated"} in connections
    assert not any("extra" in each or "accessInfo" in each for each in connections)
    api.removed(ns)


@pytest.mark.parametrize(
    "base",
    [
        "/nslcm/v2",
        "/vnflcm/v2",
        "/vnfpkgm/v2",
        "/nsd/v2",
        "/admin/v1",
        "/or-vnfm/grant/v1",
        "/or-vnfm/vnfpkgm/v2",
    ],
)
def test_every_api_is_described_where_it_is_served(api: Api, base: str) -> None:
    document = api.ok("GET", f"{base}/openapi.json", 200).json()
    [server] = document["servers"]
    assert server["url"] == api.url(base)
    for path, item in document["paths"].items():
        if "get" in item and "{" not in path:
            api.ok("GET", server["url"] + path, 200)


@pytest.mark.parametrize(
    ("collection", "body", "known"),
    [
        ("/vnfpkgm/v2/vnf_packages", {"userDefinedDate": {}}, "userDefinedData"),
        ("/nsd/v2/ns_descriptors", {"userDefined": {}}, "userDefinedData"),
        ("/nslcm/v2/ns_instances", {"nsInstanceName": "x"}, "nsName"),
        ("/vnflcm/v2/vnf_instances", {"vnfName": "x"}, "vnfInstanceName"),
        ("/admin/v1/vims", {"acessInfo": {}}, "accessInfo"),
        ("/admin/v1/hosts", {"vim": "x"}, "vimId"),
    ],
)
def test_what_is_created_has_no_attribute_that_nobody_reads(
    api: Api, collection: str, body: dict[str, Any], known: str
) -> None:
    before = api.get(collection).json()
    detail = api.ok("POST", collection, 400, body).json()["detail"]
    assert f"there is no '{next(iter(body))}'" in detail and known in detail
    assert api.get(collection).json() == before


def test_an_upload_that_is_not_taken_is_refused_before_it_comes(api: Api, nsd: str) -> None:
    query = {"filter": "(eq,onboardingState,ONBOARDED)"}
    [taken, *_] = api.get("/vnfpkgm/v2/vnf_packages", params=query).json()
    root = urllib.parse.urlsplit(api.roots["nfvo"])
    for id, status in (("none", 404), (taken["id"], 409)):
        with contextlib.closing(http.client.HTTPConnection(root.netloc, timeout=8)) as connection:
            connection.putrequest("PUT", f"/vnfpkgm/v2/vnf_packages/{id}/package_content")
            connection.putheader("Authorization", api.http.headers["Authorization"])
            connection.putheader("Content-Type", "application/zip")
            connection.putheader("Content-Length", str(2**30))
            connection.endheaders()
            assert connection.getresponse().status == status
