# SPDX-License-Identifier: Apache-2.0
"""What can be known before is checked before: refused at once, with what is right."""

from __future__ import annotations

from typing import Any

import pytest

from mano.sol.vnf_parameters import NAMESPACE
from mano.vim.simulated import Simulated
from tests import running as suites
from tests.api.two_vdu_packages import Descriptors
from tests.running import Api, Running

NSDS, PACKAGES = "/nsd/v2/ns_descriptors", "/vnfpkgm/v2/vnf_packages"
VNFS, GRANTS = "/vnflcm/v2/vnf_instances", "/or-vnfm/grant/v1/grants"
WERE_RESERVED: dict[str, Any] = {
    "parameters": ["a"],
    "links": ["a"],
    "routes": 1,
    "name": {},
    "chain": 3,
    "sap": "x",
    "neighbours": 5,
}


def onboarded(api: Api, packages: Descriptors) -> Descriptors:
    api.onboard(PACKAGES, packages.package())
    api.onboard(NSDS, packages.nsd(), "text/plain")
    return packages


@pytest.fixture(scope="module")
def packages(api: Api) -> Descriptors:
    """A VNF of four VNFCs and a network service of two such VNFs, onboarded."""
    return onboarded(api, Descriptors())


@pytest.fixture
def vnf(api: Api, packages: Descriptors) -> str:
    return created(api, packages)


def created(api: Api, packages: Descriptors) -> str:
    """The path of a new VNF instance."""
    return str(api.ok("POST", VNFS, 201, {"vnfdId": packages.vnfd_id}).headers["Location"])


def completed(api: Api, instance: str, body: dict[str, Any]) -> dict[str, Any]:
    """The instance after it was instantiated."""
    location = api.ok("POST", f"{instance}/instantiate", 202, body).headers["Location"]
    occurrence = api.ended(location)
    assert occurrence["operationState"] == "COMPLETED", occurrence
    document: dict[str, Any] = api.get(instance).json()
    return document


def specs(running: Running, vim: str, kind: str, owner: str) -> list[dict[str, Any]]:
    """The specs of what a VNF has of a kind at a simulated VIM."""
    simulated = Simulated(running.parts["vim-simulated"].store, vim)
    return [dict(resource["spec"]) for resource in simulated.query(kind, {"owner": owner})]


def addresses(running: Running, vim: str, owner: str) -> list[str]:
    """Those of the ports of a VNF at a simulated VIM."""
    ports = specs(running, vim, "port", owner)
    return sorted(address for port in ports for address in port["addresses"])


def removed(api: Api, instance: str) -> None:
    assert api.ended(api.terminate(instance))["operationState"] == "COMPLETED"
    api.ok("DELETE", instance, 204)


def connection(cp: str, **config: Any) -> dict[str, Any]:
    """An InstantiateVnfRequest that connects an external CP."""
    protocol = {"layerProtocol": "IP_OVER_ETHERNET", "ipOverEthernet": config}
    ext_cp = {"cpdId": cp, "cpConfig": {"1": {"cpProtocolData": [protocol]}}}
    link = {"id": "e", "resourceId": "n", "extCps": [ext_cp]}
    return {"flavourId": "default", "extVirtualLinks": [link]}


def ips(*addresses: str) -> dict[str, Any]:
    return {"ipAddresses": [{"type": "IPV4", "fixedAddresses": list(addresses)}]}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (connection("nope", **ips("10.0.0.4")), "default has cp"),
        (connection("cp", **ips("10.0.0.x")), "'10.0.0.x' does not appear to be"),
        (connection("cp", **ips("10.0.0.4")), "is there 3 times"),
        (connection("cp", macAddress="nonsense"), "no MAC address"),
        (
            connection("cp", ipAddresses=[{"type": "IPV4", "numDynamicAddresses": 1}]),
            "numDynamicAddresses",
        ),
        ({"flavourId": "default", "instantiationLevelId": "gold"}, "gold"),
        ({"flavourId": "default", "additionalParams": {NAMESPACE: {}}}, NAMESPACE),
    ],
)
def test_a_vnf_that_cannot_be_made_as_it_is_asked_for_is_422(
    api: Api, vnf: str, body: dict[str, Any], word: str
) -> None:
    detail = api.ok("POST", f"{vnf}/instantiate", 422, body).json()["detail"]
    assert word in detail, detail
    assert api.get(vnf).json()["instantiationState"] == "NOT_INSTANTIATED"
    api.ok("DELETE", vnf, 204)


def test_no_key_of_a_users_parameters_collides_with_ours(
    api: Api, running: Running, packages: Descriptors, vnf: str
) -> None:
    info = completed(api, vnf, {"flavourId": "default", "additionalParams": WERE_RESERVED})
    [vim] = info["vimConnectionInfo"]
    for spec in specs(running, vim, "compute", info["id"]):
        assert spec["userData"]["parameters"] == WERE_RESERVED
    removed(api, vnf)


def test_no_key_of_a_users_parameters_for_an_ns_collides_with_ours(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns = api.vim(), api.ns(packages.nsd_id)
    for_vnf = [{"vnfProfileId": "p", "additionalParams": WERE_RESERVED}]
    body = {
        "nsFlavourId": "default",
        "additionalParamsForNs": {"vimId": vim},
        "additionalParamsForVnf": for_vnf,
    }
    vnfs = completed(api, ns, body)["vnfInstance"]
    told = {
        vnf["vnfInstanceName"]: spec["userData"]
        for vnf in vnfs
        for spec in specs(running, vim, "compute", vnf["id"])
    }
    assert told["p"]["parameters"] == WERE_RESERVED and told["q"]["parameters"] == {}
    assert told["p"]["vnf"] == "p"
    removed(api, ns)
    assert suites.left(running, vim) == []


@pytest.mark.parametrize(
    ("profile", "parameters", "word"),
    [("zzz", {"a": 1}, "default has p, q"), ("p", {NAMESPACE: {}}, NAMESPACE)],
)
def test_parameters_for_a_vnf_that_is_not_there_are_422(
    api: Api, packages: Descriptors, profile: str, parameters: dict[str, Any], word: str
) -> None:
    ns = api.ns(packages.nsd_id)
    item = {"vnfProfileId": profile, "additionalParams": parameters}
    body = {"nsFlavourId": "default", "additionalParamsForVnf": [item]}
    assert word in api.ok("POST", f"{ns}/instantiate", 422, body).json()["detail"]
    api.ok("DELETE", ns, 204)


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"additionalParamsForNs": {"colour": "red"}}, "colour"),
        ({"additionalParamsForNs": {"vimId": {"a": 1}}}, "vimId"),
        (
            {"additionalParamsForVnf": [{"vnfProfileId": "p", "vnfInstanceName": "mine"}]},
            "vnfInstanceName",
        ),
    ],
)
def test_parameters_that_nobody_reads_are_422(
    api: Api, packages: Descriptors, parameters: dict[str, Any], word: str
) -> None:
    ns = api.ns(packages.nsd_id)
    body = {"nsFlavourId": "default", **parameters}
    assert word in api.ok("POST", f"{ns}/instantiate", 422, body).json()["detail"]
    api.ok("DELETE", ns, 204)


def test_a_subnet_of_an_ns_that_is_too_small_is_422(api: Api) -> None:
    packages = onboarded(api, Descriptors(lan="cidr: 10.5.0.0/29"))
    ns = api.ns(packages.nsd_id)
    detail = api.ok("POST", f"{ns}/instantiate", 422, {"nsFlavourId": "default"}).json()["detail"]
    assert "lan: its subnet 10.5.0.0/29 has too few addresses" in detail
    api.ok("DELETE", ns, 204)


def test_pools_of_an_ns_link_are_respected(api: Api, running: Running) -> None:
    pools = "[ { start_ip_address: 10.5.0.20, end_ip_address: 10.5.0.26 } ]"
    lan = f"cidr: 10.5.0.0/24, ip_allocation_pools: {pools}"
    packages = onboarded(api, Descriptors(lan=lan))
    vim, ns = api.vim(), api.ns(packages.nsd_id)
    body = {"nsFlavourId": "default", "additionalParamsForNs": {"vimId": vim}}
    vnfs = completed(api, ns, body)["vnfInstance"]
    given = [address for vnf in vnfs for address in addresses(running, vim, vnf["id"])]
    assert sorted(given) == [f"10.5.0.{number}/24" for number in range(20, 26)]
    removed(api, ns)


@pytest.mark.parametrize(
    ("inner", "numbers"),
    [
        ("cidr: 10.6.0.0/24, gateway_ip: 10.6.0.2", ["1", "3", "4"]),
        ("cidr: 10.6.0.0/24", ["2", "3", "4"]),
        ("cidr: 10.6.0.0/29, gateway_ip: 10.6.0.6", ["1", "2", "3"]),
    ],
)
def test_no_vnfc_gets_the_gateways_address(
    api: Api, running: Running, inner: str, numbers: list[str]
) -> None:
    packages = onboarded(api, Descriptors(inner=inner))
    vnf = created(api, packages)
    info = completed(api, vnf, {"flavourId": "default"})
    [vim] = info["vimConnectionInfo"]
    hosts = [address.split("/")[0] for address in addresses(running, vim, info["id"])]
    assert hosts == [f"10.6.0.{number}" for number in numbers]
    removed(api, vnf)


def test_an_internal_link_without_subnet_is_large_enough(api: Api, running: Running) -> None:
    packages = onboarded(api, Descriptors(inner="", numbers=(300, 1)))
    vnf = created(api, packages)
    info = completed(api, vnf, {"flavourId": "default"})
    [vim] = info["vimConnectionInfo"]
    given = set(addresses(running, vim, info["id"]))
    assert len(given) == 300 and all(address.endswith("/23") for address in given)
    removed(api, vnf)


def test_what_a_vnf_is_made_of_is_said_with_its_links_and_their_ports(
    api: Api, running: Running
) -> None:
    packages = onboarded(api, Descriptors(inner="cidr: 10.6.0.0/24"))
    vim, ns = api.vim(), api.ns(packages.nsd_id)
    body = {"nsFlavourId": "default", "additionalParamsForNs": {"vimId": vim}}
    vnf = completed(api, ns, body)["vnfInstance"][0]
    info = vnf["instantiatedVnfInfo"]
    [inner], [lan] = info["vnfVirtualLinkResourceInfo"], info["extVirtualLinkInfo"]
    at_vim = Simulated(running.parts["vim-simulated"].store, vim)
    ports = {port["id"] for port in at_vim.query("port", {"owner": vnf["id"]})}
    ends = [*inner["vnfLinkPorts"], *lan["extLinkPorts"]]
    at_handles = {end["resourceHandle"]["resourceId"] for end in ends}
    assert at_handles == ports and len({end["id"] for end in ends}) == 6
    assert {end["cpInstanceId"] for end in lan["extLinkPorts"]} == {"a-0/cp", "a-1/cp", "a-2/cp"}
    assert {cp["extLinkPortId"] for cp in info["extCpInfo"]} == {
        end["id"] for end in lan["extLinkPorts"]
    }
    filter = f"(eq,vnfInstanceId,{vnf['id']})"
    [operation] = api.get(
        "/vnflcm/v2/vnf_lcm_op_occs", params={"filter": filter, "all_fields": ""}
    ).json()
    changes = operation["resourceChanges"]
    assert len(changes["affectedVnfcs"]) == 4 and len(changes["affectedExtLinkPorts"]) == 3
    [link] = changes["affectedVirtualLinks"]
    assert link["changeType"] == "ADDED" and len(link["vnfLinkPortIds"]) == 3
    removed(api, ns)
    filter = f"(eq,vnfInstanceId,{vnf['id']});(eq,operation,TERMINATE)"
    [operation] = api.get(
        "/vnflcm/v2/vnf_lcm_op_occs", params={"filter": filter, "all_fields": ""}
    ).json()
    [link] = operation["resourceChanges"]["affectedVirtualLinks"]
    assert link["changeType"] == "REMOVED"


def grant_request(packages: Descriptors, **more: Any) -> dict[str, Any]:
    """A GrantRequest of another VNFM."""
    return {
        "vnfInstanceId": "foreign",
        "vnfLcmOpOccId": "op-1",
        "vnfdId": packages.vnfd_id,
        "flavourId": "default",
        "operation": "INSTANTIATE",
        "isAutomaticInvocation": False,
        "addResources": [
            {"id": "1", "type": "COMPUTE", "vduId": "a", "resourceTemplateId": "a"},
        ],
        "_links": {
            "vnfLcmOpOcc": {"href": "http://vnfm.example/op"},
            "vnfInstance": {"href": "http://vnfm.example/vnf"},
        },
    } | more


UNKNOWN_VDU = {"id": "1", "type": "COMPUTE", "vduId": "ghost", "resourceTemplateId": "ghost"}


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"vnfdId": "nobodys"}, "nobodys"),
        ({"flavourId": "gold"}, "flavour gold"),
        ({"addResources": [UNKNOWN_VDU]}, "VDU ghost in flavour default"),
        ({"operation": "SCALE", "addResources": [UNKNOWN_VDU]}, "ghost"),
    ],
)
def test_nothing_is_granted_for_what_nobody_knows(
    api: Api, packages: Descriptors, more: dict[str, Any], word: str
) -> None:
    assert word in api.ok("POST", GRANTS, 403, grant_request(packages, **more)).json()["detail"]


def test_no_grant_leaves_the_way_out_open_for_a_vnf_that_nobody_knows(
    api: Api, packages: Descriptors
) -> None:
    body = grant_request(packages, vnfdId="nobodys", operation="TERMINATE", addResources=[])
    api.ok("POST", GRANTS, 201, body)


def test_nothing_is_instantiated_from_a_disabled_package(api: Api) -> None:
    packages = Descriptors()
    package = api.onboard(PACKAGES, packages.package())["_links"]["self"]["href"]
    api.onboard(NSDS, packages.nsd(), "text/plain")
    vnf, ns = created(api, packages), api.ns(packages.nsd_id)
    assert api.patch(package, {"operationalState": "DISABLED"}).status_code == 200
    location = api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"})
    occurrence = api.ended(location.headers["Location"])
    assert occurrence["operationState"] == "ROLLED_BACK"
    assert "DISABLED" in occurrence["error"]["detail"]
    detail = api.ok("POST", f"{ns}/instantiate", 409, {"nsFlavourId": "default"}).json()["detail"]
    assert "DISABLED" in detail and "VNF profile p" in detail
    assert "DISABLED" in api.ok("POST", GRANTS, 403, grant_request(packages)).json()["detail"]
    api.ok("DELETE", vnf, 204)
    api.ok("DELETE", ns, 204)
