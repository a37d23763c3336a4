# SPDX-License-Identifier: Apache-2.0
"""NS instances and their operations (SOL005 clause 6) over HTTP, on the simulated VIM."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

import descriptors
from mano.vim.simulated import Simulated
from tests import running as suites
from tests.running import Api, Running

INSTANCES, OPERATIONS = "/nslcm/v2/ns_instances", "/nslcm/v2/ns_lcm_op_occs"


@pytest.fixture(scope="module")
def ran(api: Api, nsd: str) -> tuple[str, str]:
    """A network service that was instantiated, and the Location of that operation."""
    ns = api.ns(nsd, "ran")
    operation = api.instantiate(ns)
    assert api.ended(operation)["operationState"] == "COMPLETED"
    return ns, operation


def test_a_network_service_comes_up_and_leaves_nothing(
    api: Api, running: Running, nsd: str
) -> None:
    vim = api.vim(delay=0.1)
    ns = api.ns(nsd)
    assert api.get(ns).json()["nsState"] == "NOT_INSTANTIATED"
    operation = api.ended(api.instantiate(ns, vim))
    assert operation["operationState"] == "COMPLETED", operation
    assert api.get(ns).json()["nsState"] == "INSTANTIATED" and suites.left(running, vim)
    api.removed(ns)
    assert suites.left(running, vim) == []
    assert api.get(ns).status_code == 404


def test_an_instance_that_was_terminated_can_be_instantiated_again(api: Api, nsd: str) -> None:
    ns = api.ns(nsd)
    for _ in range(2):
        assert api.ended(api.instantiate(ns))["operationState"] == "COMPLETED"
        assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
    api.ok("DELETE", ns, 204)


def test_create_is_201_with_location_and_etag(api: Api, nsd: str) -> None:
    answer = api.ok("POST", INSTANCES, 201, {"nsdId": nsd, "nsName": "n", "nsDescription": "d"})
    assert answer.headers["Location"] == answer.json()["_links"]["self"]["href"]
    assert answer.headers["ETag"] == api.get(answer.headers["Location"]).headers["ETag"]
    assert answer.json()["nsInstanceName"] == "n" and answer.json()["nsInstanceDescription"] == "d"
    assert set(answer.json()["_links"]) == {"self", "instantiate"}
    api.ok("DELETE", answer.headers["Location"], 204)


def test_a_running_instance_says_what_it_is_made_of(api: Api, ran: tuple[str, str]) -> None:
    instance = api.get(ran[0]).json()
    assert {vnf["vnfInstanceName"] for vnf in instance["vnfInstance"]} == {
        "firewall",
        "loadbalancer",
        "web",
    }
    assert {link["id"] for link in instance["virtualLinkInfo"]} == {
        "clients",
        "dmz",
        "servers",
        "mgmt",
    }
    end = instance["sapInfo"][0]["sapProtocolInfo"][0]["ipOverEthernet"]
    assert end["ipAddresses"] == [{"type": "IPV4", "addresses": ["10.20.1.2"]}]
    assert len(end["macAddress"].split(":")) == 6
    assert instance["vnffgInfo"][0]["nfpInfo"] and instance["flavourId"] == "default"
    assert set(instance["_links"]) == {"self", "terminate"}


def test_a_forwarding_path_says_which_resource_of_the_vim_it_is(
    api: Api, running: Running, ran: tuple[str, str]
) -> None:
    handles = [
        path["resourceHandle"]
        for graph in api.get(ran[0]).json()["vnffgInfo"]
        for path in graph["nfpInfo"]
    ]
    simulated = Simulated(running.parts["vim-simulated"].store, handles[0]["vimId"])
    owner = ran[0].rpartition("/")[2]
    paths = {path["id"] for path in simulated.query("path", {"owner": owner})}
    assert {handle["resourceId"] for handle in handles} == paths != set()


def test_delete_is_409_while_instantiated(api: Api, ran: tuple[str, str]) -> None:
    answer = api.ok("DELETE", ran[0], 409).json()
    assert "INSTANTIATED" in answer["detail"] and api.get(ran[0]).status_code == 200


def test_a_second_instantiate_is_409_and_changes_nothing(api: Api, ran: tuple[str, str]) -> None:
    instance = api.get(ran[0])
    answer = api.ok("POST", f"{ran[0]}/instantiate", 409, {"nsFlavourId": "default"})
    assert (
        answer.headers["Content-Type"] == "application/problem+json"
        and "must be NOT_INSTANTIATED" in answer.json()["detail"]
    )
    assert api.get(ran[0]).headers["ETag"] == instance.headers["ETag"]


def test_terminate_is_409_before_instantiate(api: Api, nsd: str) -> None:
    ns = api.ns(nsd)
    assert "must be INSTANTIATED" in api.ok("POST", f"{ns}/terminate", 409, {}).json()["detail"]
    api.ok("DELETE", ns, 204)


def test_while_an_operation_runs_others_are_409(api: Api, nsd: str) -> None:
    vim = api.vim(delay=0.5)
    ns = api.ns(nsd)
    operation = api.instantiate(ns, vim)
    for method, path, body in (
        ("POST", f"{ns}/terminate", {}),
        ("DELETE", ns, None),
        ("POST", f"{ns}/instantiate", {"nsFlavourId": "default"}),
    ):
        assert operation.rpartition("/")[2] in api.ok(method, path, 409, body).json()["detail"]
    assert api.ended(operation)["operationState"] == "COMPLETED"
    api.removed(ns)


def test_of_two_instantiates_at_once_one_is_accepted(api: Api, running: Running, nsd: str) -> None:
    ns = api.ns(nsd)
    clients, answers = [suites.client(running) for _ in range(4)], list[httpx.Response]()
    threads = [
        threading.Thread(
            target=lambda one=one: answers.append(
                one.post(f"{ns}/instantiate", {"nsFlavourId": "default"})
            )
        )
        for one in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409], [
        answer.text for answer in answers
    ]
    operation = next(answer.headers["Location"] for answer in answers if answer.status_code == 202)
    assert api.ended(operation)["operationState"] == "COMPLETED"
    api.removed(ns)


def test_an_unknown_flavour_is_422_and_names_those_there_are(api: Api, nsd: str) -> None:
    ns = api.ns(nsd)
    assert (
        "it has default"
        in api.ok("POST", f"{ns}/instantiate", 422, {"nsFlavourId": "gold"}).json()["detail"]
    )
    api.ok("DELETE", ns, 204)


def test_what_an_nsd_asks_for_and_is_not_done_yet_is_422_and_not_left_out(
    api: Api, nsd: str, tmp_path: Path
) -> None:
    branch = descriptors.build(
        Path(descriptors.__file__).parent / "ns/branch", tmp_path
    ).read_bytes()
    ns = api.ns(api.onboard("/nsd/v2/ns_descriptors", branch)["nsdId"])
    detail = api.ok("POST", f"{ns}/instantiate", 422, {"nsFlavourId": "default"}).json()["detail"]
    assert "nested NS web" in detail and "PNF router" in detail
    detail = api.ok(
        "POST",
        f"{ns}/instantiate",
        422,
        {"nsFlavourId": "default", "nsInstantiationLevelId": "huge"},
    ).json()["detail"]
    assert "no NS level 'huge'" in detail
    api.ok("DELETE", ns, 204)


def test_an_nsd_that_nobody_onboarded_is_422(api: Api) -> None:
    body = {"nsdId": "no-such-nsd", "nsName": "n", "nsDescription": ""}
    assert "no-such-nsd" in api.ok("POST", INSTANCES, 422, body).json()["detail"]


def test_nothing_can_be_instantiated_on_a_vim_that_is_not_there(api: Api, nsd: str) -> None:
    ns = api.ns(nsd)
    operation = api.ended(api.instantiate(ns, "nowhere"))
    assert (
        operation["operationState"] == "FAILED_TEMP"
        and "'nowhere' is not registered" in operation["error"]["detail"]
    )
    api.ok("POST", f"{OPERATIONS}/{operation['id']}/fail", 200)
    api.ok("DELETE", ns, 204)


@pytest.mark.parametrize(
    "path", [f"{INSTANCES}/none", f"{OPERATIONS}/none", "/nslcm/v2/subscriptions/none"]
)
def test_an_unknown_id_is_404_with_its_name(api: Api, path: str) -> None:
    answer = api.ok("GET", path, 404)
    assert "none" in answer.json()["detail"] and answer.json()["status"] == 404


@pytest.mark.parametrize(
    "method, path",
    [
        (method, f"{INSTANCES}/none{end}")
        for method, end in (("DELETE", ""), ("POST", "/instantiate"), ("POST", "/terminate"))
    ]
    + [
        ("POST", f"{OPERATIONS}/none/{action}")
        for action in ("retry", "rollback", "continue", "fail", "cancel")
    ],
)
def test_actions_on_an_unknown_id_are_404(api: Api, method: str, path: str) -> None:
    body = (
        {"nsFlavourId": "default"}
        if path.endswith("instantiate")
        else {"cancelMode": "FORCEFUL"}
        if path.endswith("cancel")
        else None
    )
    api.ok(method, path, 404, body)


@pytest.mark.parametrize(
    "path, allow",
    [
        (INSTANCES, {"GET", "POST"}),
        (f"{INSTANCES}/none", {"GET", "DELETE"}),
        (f"{INSTANCES}/none/instantiate", {"POST"}),
        (f"{INSTANCES}/none/terminate", {"POST"}),
        (OPERATIONS, {"GET"}),
        (f"{OPERATIONS}/none", {"GET"}),
        (f"{OPERATIONS}/none/retry", {"POST"}),
        ("/nslcm/v2/subscriptions", {"GET", "POST"}),
        ("/nslcm/v2/subscriptions/none", {"GET", "DELETE"}),
        ("/nslcm/api_versions", {"GET"}),
    ],
)
def test_what_a_resource_has_not_is_405_with_allow(api: Api, path: str, allow: set[str]) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allow:
        stated = set(api.ok(method, path, 405).headers["Allow"].split(", "))
        assert stated - {"HEAD", "OPTIONS"} == allow


def test_operations_show_their_instance_and_what_was_asked(api: Api, ran: tuple[str, str]) -> None:
    answer = api.get(ran[1])
    operation = answer.json()
    assert operation["lcmOperationType"] == "INSTANTIATE" and operation["operationParams"] == {
        "nsFlavourId": "default"
    }
    assert operation["_links"]["nsInstance"]["href"] == ran[0] and set(operation["_links"]) == {
        "self",
        "nsInstance",
    }
    assert {vnf["vnfProfileId"] for vnf in operation["resourceChanges"]["affectedVnfs"]} == {
        "firewall",
        "loadbalancer",
        "web",
    }
    assert api.get(ran[1], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("action", ["retry", "rollback", "continue", "fail", "cancel"])
def test_an_operation_that_has_ended_takes_no_action(
    api: Api, ran: tuple[str, str], action: str
) -> None:
    body = {"cancelMode": "GRACEFUL"} if action == "cancel" else None
    assert "COMPLETED" in api.ok("POST", f"{ran[1]}/{action}", 409, body).json()["detail"]


def test_lists_leave_out_what_the_standard_says_and_filters_choose(
    api: Api, ran: tuple[str, str]
) -> None:
    id = ran[0].rpartition("/")[2]
    [brief] = api.get(INSTANCES, params={"filter": f"(eq,id,{id})"}).json()
    [full] = api.get(INSTANCES, params={"filter": f"(eq,id,{id})", "all_fields": ""}).json()
    assert "vnfInstance" not in brief and "vnfInstance" in full
    [chosen] = api.get(INSTANCES, params={"filter": f"(eq,id,{id})", "fields": "sapInfo"}).json()
    assert "sapInfo" in chosen and "vnffgInfo" not in chosen and "nsState" in chosen
    operations = api.get(
        OPERATIONS, params={"filter": f"(eq,nsInstanceId,{id});(eq,operationState,COMPLETED)"}
    ).json()
    assert [one["lcmOperationType"] for one in operations] == [
        "INSTANTIATE"
    ] and "operationParams" not in operations[0]
    assert (
        "colour"
        in api.ok("GET", INSTANCES, 400, params={"filter": "(eq,colour,red)"}).json()["detail"]
    )


def test_nested_attributes_are_filtered(api: Api, ran: tuple[str, str]) -> None:
    instances = api.get(
        INSTANCES, params={"filter": "(eq,vnfInstance/vnfInstanceName,loadbalancer)"}
    ).json()
    assert ran[0].rpartition("/")[2] in [one["id"] for one in instances]
    assert (
        api.get(INSTANCES, params={"filter": "(eq,vnfInstance/vnfInstanceName,teapot)"}).json()
        == []
    )


def test_versions_are_listed_and_checked(api: Api) -> None:
    versions = api.ok("GET", "/nslcm/api_versions", 200).json()
    assert versions["uriPrefix"] and versions["apiVersions"][0]["version"]
    assert (
        api.get(INSTANCES).headers["Version"]
        == api.get("/nslcm/v2/api_versions").json()["apiVersions"][0]["version"]
    )
    api.ok("GET", INSTANCES, 406, headers={"Version": "9.9.9"})


def test_the_nsd_and_its_packages_are_in_use_while_there_is_an_instance(api: Api, nsd: str) -> None:
    def usage() -> set[str]:
        packages = api.get(
            "/vnfpkgm/v2/vnf_packages", params={"filter": "(eq,vnfProvider,example)"}
        ).json()
        [info] = api.get("/nsd/v2/ns_descriptors", params={"filter": f"(eq,nsdId,{nsd})"}).json()
        return {
            package["usageState"] for package in packages if package["id"] in info["vnfPkgIds"]
        } | {info["nsdUsageState"]}

    ns = api.ns(nsd)
    assert usage() == {"IN_USE"}
    api.ok("DELETE", ns, 204)


def test_pages_lose_and_repeat_nothing_while_others_come_and_go(
    api: Api, nsd: str, running: Running
) -> None:
    names = [api.ns(nsd, f"page-{number}") for number in range(5)]
    hrefs: list[str] = []
    url = INSTANCES
    object.__setattr__(running.rest, "page_size", 2)
    try:
        while url:
            answer = api.get(url)
            hrefs += [instance["_links"]["self"]["href"] for instance in answer.json()]
            names.append(api.ns(nsd, "late")) if len(names) < 8 else None
            url = answer.links.get("next", {}).get("url", "")
    finally:
        object.__setattr__(running.rest, "page_size", 100)
    assert set(names[:5]) <= set(hrefs) and len(hrefs) == len(set(hrefs))
    for name in names:
        api.ok("DELETE", name, 204)


def test_who_may_only_read_may_not_instantiate(
    running: Running, nsd: str, api: Api, ran: tuple[str, str]
) -> None:
    reader = suites.client(running, "reader")
    assert reader.get(ran[0]).status_code == 200
    for method, path, body in (("POST", f"{ran[0]}/terminate", {}), ("DELETE", ran[0], None)):
        assert (
            reader.call(method, path, **({"json": body} if body is not None else {})).status_code
            == 403
        )


def test_who_has_no_token_is_told_how_to_get_one(running: Running) -> None:
    answer = httpx.get(running.settings.url("nfvo") + INSTANCES, trust_env=False)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "/oauth2/token" in answer.json()["detail"]
    for header in ("Basic x", "Bearer", "Bearer a b"):
        assert (
            httpx.get(
                running.settings.url("nfvo") + INSTANCES,
                headers={"Authorization": header},
                trust_env=False,
            ).status_code
            == 400
        )


def test_a_vnfs_own_parameters_reach_it(api: Api, nsd: str, running: Running) -> None:
    vim, ns = api.vim(), api.ns(nsd)
    body = {
        "nsFlavourId": "default",
        "additionalParamsForNs": {"vimId": vim},
        "additionalParamsForVnf": [
            {"vnfProfileId": "firewall", "additionalParams": {"allowed": "443"}}
        ],
    }
    answer = api.ok("POST", f"{ns}/instantiate", 202, body)
    assert api.ended(answer.headers["Location"])["operationState"] == "COMPLETED"
    computes = Simulated(running.parts["vim-simulated"].store, vim).query("compute", {})
    parameters = {
        compute["spec"]["vnf"]: compute["spec"]["userData"]["parameters"] for compute in computes
    }
    assert parameters["firewall"]["allowed"] == "443" and "allowed" not in parameters["web"]
    api.removed(ns)
