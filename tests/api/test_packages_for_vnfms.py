# SPDX-License-Identifier: Apache-2.0
"""SOL003's VNF package management (clause 10): one apiRoot with all of its resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.receiver import Receiver
from tests.running import Api

ROOT, OF_OSS = "/or-vnfm/vnfpkgm/v2", "/vnfpkgm/v2"
PARTS = ("", "/vnfd", "/manifest", "/package_content", "/artifacts/Definitions/firewall.yaml")


@pytest.fixture
def firewall(api: Api, nsd: str) -> dict[str, Any]:
    query = {"filter": "(eq,vnfProductName,Firewall)"}
    package: dict[str, Any] = api.ok("GET", f"{ROOT}/vnf_packages", 200, params=query).json()[0]
    return package


@pytest.mark.parametrize("part", PARTS)
def test_a_package_is_there_by_its_id_and_by_its_vnfd(
    api: Api, firewall: dict[str, Any], part: str
) -> None:
    by_id = api.ok("GET", f"{ROOT}/vnf_packages/{firewall['id']}{part}", 200)
    by_vnfd = api.ok("GET", f"{ROOT}/onboarded_vnf_packages/{firewall['vnfdId']}{part}", 200)
    as_oss = api.ok("GET", f"{OF_OSS}/vnf_packages/{firewall['id']}{part}", 200)
    if part == "/vnfd":  # packed anew
        assert by_id.content[:2] == by_vnfd.content[:2] == b"PK"
    elif part:
        assert by_id.content == by_vnfd.content == as_oss.content
    else:
        assert by_id.json()["id"] == by_vnfd.json()["id"] == as_oss.json()["id"]


def test_its_links_stay_under_the_root(api: Api, firewall: dict[str, Any]) -> None:
    read = api.ok("GET", f"{ROOT}/onboarded_vnf_packages/{firewall['vnfdId']}", 200).json()
    links = {link["href"] for link in read["_links"].values()}
    assert links and all(ROOT in href for href in links)
    for href in links:
        api.ok("GET", href, 200)


def test_a_vnfm_changes_nothing(api: Api, firewall: dict[str, Any]) -> None:
    for path in (f"/vnf_packages/{firewall['id']}", "/vnf_packages"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert api.ok(method, ROOT + path, 405).headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_vnfm_has_subscriptions_of_its_own(
    api: Api, another: Callable[..., bytes], receiver: Receiver
) -> None:
    body = {"callbackUri": receiver.uri}
    path = str(api.ok("POST", f"{ROOT}/subscriptions", 201, body).headers["Location"])
    id = path.rpartition("/")[2]
    assert ROOT in path and api.ok("GET", path, 200).json()["id"] == id
    api.ok("GET", f"{OF_OSS}/subscriptions/{id}", 404)
    assert id not in api.ok("GET", f"{OF_OSS}/subscriptions", 200).text
    package = api.onboard(f"{OF_OSS}/vnf_packages", another("0162"))
    [notification] = receiver.until(bool)
    assert notification["vnfPkgId"] == package["id"]
    assert api.ok("GET", notification["_links"]["vnfPackage"]["href"], 200).json() is not None
    assert ROOT in notification["_links"]["vnfPackage"]["href"]
    oss = f"{OF_OSS}/vnf_packages/{package['id']}"
    api.patch(oss, {"operationalState": "DISABLED"})
    api.ok("DELETE", oss, 204)
    api.ok("DELETE", path, 204)
