# SPDX-License-Identifier: Apache-2.0
"""Promise or refuse: what a request or a VNFD asks is done, or refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.sample_packages import FOLDER
from tests.api.two_vdu_packages import Descriptors
from tests.running import Api

PACKAGES = "/vnfpkgm/v2/vnf_packages"
VNFS = "/vnflcm/v2/vnf_instances"
MEMORY = "virtual_memory: { virtual_mem_size: 1 GiB }"
CP = "properties: { layer_protocols: [ ipv4 ] }"
PAGES = "[ { hugepage_size: 2 MiB, requested_size: 64 MiB } ]"
NOT_GIVEN_OUT = {
    "SR-IOV": (CP, "properties: { layer_protocols: [ ipv4 ], vnic_type: direct }"),
    "huge pages (32 of 2 MiB)": (
        MEMORY,
        f"virtual_memory: {{ virtual_mem_size: 1 GiB, huge_pages_requirements: {PAGES} }}",
    ),
    "NUMA": (MEMORY, "virtual_memory: { virtual_mem_size: 1 GiB, numa_enabled: true }"),
}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("startTime", "2030-01-01T00:00:00Z"),
        ("locationConstraints", [{"vnfProfileId": "web"}]),
        ("sapData", [{"sapdId": "client", "sapName": "s", "description": ""}]),
        (
            "additionalAffinityOrAntiAffinityRule",
            [{"affinityOrAntiAffiinty": "AFFINITY", "scope": "NFVI_NODE"}],
        ),
    ],
)
def test_what_an_instantiation_of_an_ns_does_not_carry_out_is_422(
    api: Api, nsd: str, attribute: str, value: Any
) -> None:
    ns = api.ns(nsd)
    body = {"nsFlavourId": "default", attribute: value}
    detail = api.ok("POST", f"{ns}/instantiate", 422, body).json()["detail"]
    assert attribute in detail
    assert api.get(ns).json()["nsState"] == "NOT_INSTANTIATED"
    api.ok("DELETE", ns, 204)


def test_a_termination_of_an_ns_at_a_time_is_422(api: Api, nsd: str) -> None:
    ns = api.ns(nsd)
    api.ended(api.instantiate(ns))
    body = {"terminationTime": "2030-01-01T00:00:00Z"}
    assert "terminationTime" in api.ok("POST", f"{ns}/terminate", 422, body).json()["detail"]
    api.removed(ns)


@pytest.fixture
def firewall(api: Api, nsd: str) -> str:
    """The path of a new VNF instance."""
    text = (FOLDER / "vnf/firewall/Definitions/firewall.yaml").read_text()
    vnfd_id = text.split("descriptor_id: { type: string, default: ")[1].split()[0]
    return str(api.ok("POST", VNFS, 201, {"vnfdId": vnfd_id}).headers["Location"])


def test_what_an_instantiation_of_a_vnf_does_not_carry_out_is_422(api: Api, firewall: str) -> None:
    body = {"flavourId": "default", "localizationLanguage": "de"}
    detail = api.ok("POST", f"{firewall}/instantiate", 422, body).json()["detail"]
    assert "localizationLanguage" in detail
    api.ok("DELETE", firewall, 204)


def test_configurable_properties_of_an_instantiation_are_the_instances(
    api: Api, firewall: str
) -> None:
    body = {"flavourId": "default", "vnfConfigurableProperties": {"log": "debug"}}
    location = api.ok("POST", f"{firewall}/instantiate", 202, body).headers["Location"]
    assert api.ended(location)["operationState"] == "COMPLETED"
    assert api.get(firewall).json()["vnfConfigurableProperties"]["log"] == "debug"
    assert api.ended(api.terminate(firewall))["operationState"] == "COMPLETED"
    api.ok("DELETE", firewall, 204)


@pytest.mark.parametrize("what", NOT_GIVEN_OUT)
def test_what_no_vim_gives_out_is_refused_and_not_dropped(api: Api, what: str) -> None:
    packages = Descriptors(other=NOT_GIVEN_OUT[what])
    api.onboard(PACKAGES, packages.package())
    api.onboard("/nsd/v2/ns_descriptors", packages.nsd(), "text/plain")
    ns = api.ns(packages.nsd_id)
    answer = api.ok("POST", f"{ns}/instantiate", 422, {"nsFlavourId": "default"})
    assert what in answer.json()["detail"] and "VDU a" in answer.json()["detail"]
    api.ok("DELETE", ns, 204)

    vnf = api.ok("POST", VNFS, 201, {"vnfdId": packages.vnfd_id}).headers["Location"]
    body = {"flavourId": "default"}
    location = api.ok("POST", f"{vnf}/instantiate", 202, body).headers["Location"]
    occurrence = api.ended(location)
    assert occurrence["operationState"] == "ROLLED_BACK"
    assert what in occurrence["error"]["detail"]
    api.ok("DELETE", vnf, 204)
