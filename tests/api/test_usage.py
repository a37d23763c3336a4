# SPDX-License-Identifier: Apache-2.0
"""What is in use by any instance, whoever made it; what an NS shows of VNFs that others change."""

from __future__ import annotations

from typing import Any

import pytest

from tests import running as suites
from tests.api.two_vdu_packages import Descriptors
from tests.running import Api, Running

NSDS, PACKAGES = "/nsd/v2/ns_descriptors", "/vnfpkgm/v2/vnf_packages"
VNFS = "/vnflcm/v2/vnf_instances"


@pytest.fixture
def packages() -> Descriptors:
    return Descriptors()


@pytest.fixture
def package(api: Api, packages: Descriptors) -> str:
    """The path of an onboarded VNF package."""
    return f"{PACKAGES}/{api.onboard(PACKAGES, packages.package())['id']}"


def becomes(api: Api, package: str, usage: str) -> None:
    api.until(package, lambda info: info["usageState"] == usage)


def disable(api: Api, package: str) -> None:
    assert api.patch(package, {"operationalState": "DISABLED"}).status_code == 200


def test_a_package_is_in_use_by_a_vnf_that_was_made_at_the_vnfm(
    api: Api, packages: Descriptors, package: str
) -> None:
    vnf = api.ok("POST", VNFS, 201, {"vnfdId": packages.vnfd_id}).headers["Location"]
    becomes(api, package, "IN_USE")
    body = {"flavourId": "default"}
    operation = api.ok("POST", f"{vnf}/instantiate", 202, body).headers["Location"]
    assert api.ended(operation)["operationState"] == "COMPLETED"
    disable(api, package)
    assert "in use" in api.ok("DELETE", package, 409).json()["detail"]
    assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
    api.ok("DELETE", package, 409)
    api.ok("DELETE", vnf, 204)
    becomes(api, package, "NOT_IN_USE")
    api.ok("DELETE", package, 204)


def test_a_package_is_in_use_by_an_ns_that_is_not_instantiated(
    api: Api, packages: Descriptors, package: str
) -> None:
    api.onboard(NSDS, packages.nsd(), "text/plain")
    ns = api.ns(packages.nsd_id)
    vnf = api.ok("POST", VNFS, 201, {"vnfdId": packages.vnfd_id}).headers["Location"]
    becomes(api, package, "IN_USE")
    disable(api, package)
    api.ok("DELETE", ns, 204)
    api.ok("DELETE", package, 409)  # the VNF is still there
    api.ok("DELETE", vnf, 204)
    becomes(api, package, "NOT_IN_USE")


def test_an_ns_shows_what_became_of_its_vnfs_at_the_vnfm(
    api: Api, running: Running, packages: Descriptors, package: str
) -> None:
    api.onboard(NSDS, packages.nsd(), "text/plain")
    vim, ns = api.vim(), api.ns(packages.nsd_id)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    one, two = (vnf["id"] for vnf in api.get(ns).json()["vnfInstance"])
    assert api.patch(f"{VNFS}/{two}", {"vnfInstanceName": "renamed"}).status_code == 202
    assert api.ended(api.terminate(f"{VNFS}/{one}"))["operationState"] == "COMPLETED"

    def shows(document: dict[str, Any]) -> bool:
        [first, second] = document["vnfInstance"]
        return bool(
            first["instantiationState"] == "NOT_INSTANTIATED"
            and "instantiatedVnfInfo" not in first
            and "instantiate" in first["_links"]
            and second["vnfInstanceName"] == "renamed"
        )

    api.until(ns, shows)
    api.ok("DELETE", f"{VNFS}/{one}", 204)
    api.until(ns, lambda document: [vnf["id"] for vnf in document["vnfInstance"]] == [two])
    assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
    assert suites.left(running, vim) == []
    api.ok("DELETE", ns, 204)
    becomes(api, package, "NOT_IN_USE")
