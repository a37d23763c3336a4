# SPDX-License-Identifier: Apache-2.0
"""VNF instances through the VNFM's own REST (SOL003 clause 5), grants (clause 9), on the simulated
VIM."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import running as suites
from tests.running import Api, Running

INSTANCES, OPERATIONS = "/vnflcm/v2/vnf_instances", "/vnflcm/v2/vnf_lcm_op_occs"
GRANTS = "/or-vnfm/grant/v1/grants"
FIREWALL = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0001"
SAMPLE = Path("/work/shared/packages/vnf/vnflcm1.zip")


def made(api: Api, vnfd: str = FIREWALL, name: str = "fw") -> str:
    """The path of a new VNF instance."""
    return str(
        api.ok("POST", INSTANCES, 201, {"vnfdId": vnfd, "vnfInstanceName": name}).headers[
            "Location"
        ]
    )


def started(api: Api, vnf: str, flavour: str = "default") -> str:
    """The Location of its instantiation."""
    return str(
        api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": flavour}).headers["Location"]
    )


@pytest.fixture(scope="module")
def ran(api: Api, nsd: str) -> tuple[str, str]:
    vnf = made(api, name="ran")
    operation = started(api, vnf)
    assert api.ended(operation)["operationState"] == "COMPLETED", api.get(operation).json()
    return vnf, operation


def test_a_vnf_alone_comes_up_and_goes(api: Api, nsd: str) -> None:
    vnf = made(api)
    done = api.ended(started(api, vnf))
    assert done["operationState"] == "COMPLETED" and done["grantId"], done
    info = api.get(vnf).json()["instantiatedVnfInfo"]
    assert (
        info["vnfcResourceInfo"][0]["computeResource"]["resourceId"]
        and info["vnfState"] == "STARTED"
    )
    assert done["resourceChanges"]["affectedVnfcs"][0]["changeType"] == "ADDED"
    done = api.ended(api.terminate(vnf))
    assert (
        done["operationState"] == "COMPLETED"
        and done["resourceChanges"]["affectedVnfcs"][0]["changeType"] == "REMOVED"
    )
    assert "instantiatedVnfInfo" not in api.get(vnf).json()
    api.ok("DELETE", vnf, 204)
    api.ok("GET", vnf, 404)


def test_a_real_vnf_comes_up_and_goes(api: Api) -> None:
    if not SAMPLE.exists():
        pytest.skip(f"{SAMPLE} is not here")
    known = api.get(
        "/vnfpkgm/v2/vnf_packages", params={"filter": "(eq,vnfProductName,Sample VNF)"}
    ).json()
    package = next(
        (one for one in known if one["onboardingState"] == "ONBOARDED"), None
    ) or api.onboard("/vnfpkgm/v2/vnf_packages", SAMPLE.read_bytes())
    vnf = made(api, package["vnfdId"], "real")
    done = api.ended(started(api, vnf, "simple"))
    assert done["operationState"] == "COMPLETED", done
    assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
    api.ok("DELETE", vnf, 204)


def test_the_grant_can_be_read_and_links_to_its_operation(api: Api, ran: tuple[str, str]) -> None:
    grant = api.ok("GET", f"{GRANTS}/{api.get(ran[1]).json()['grantId']}", 200).json()
    assert (
        grant["vnfInstanceId"] == ran[0].rpartition("/")[2]
        and grant["addResources"]
        and grant["zones"]
    )
    assert (
        grant["vimConnectionInfo"] and grant["vimAssets"]["softwareImages"][0]["vimSoftwareImageId"]
    )
    assert api.get(grant["_links"]["vnfLcmOpOcc"]["href"]).json()["id"] == ran[1].rpartition("/")[2]
    assert api.get(grant["_links"]["vnfInstance"]["href"]).status_code == 200


def grant_request(**more: Any) -> dict[str, Any]:
    """A GrantRequest of another VNFM."""
    return {
        "vnfInstanceId": "foreign",
        "vnfLcmOpOccId": "op-1",
        "vnfdId": FIREWALL,
        "flavourId": "default",
        "operation": "INSTANTIATE",
        "isAutomaticInvocation": False,
        "addResources": [
            {"id": "fw-0", "type": "COMPUTE", "vduId": "fw", "resourceTemplateId": "fw"}
        ],
        "_links": {
            "vnfLcmOpOcc": {"href": "http://vnfm.example/op"},
            "vnfInstance": {"href": "http://vnfm.example/vnf"},
        },
    } | more


def test_a_grant_takes_202_and_is_had_by_get(api: Api, nsd: str) -> None:
    location = api.ok("POST", GRANTS, 202, grant_request()).headers["Location"]
    while (answer := api.get(location)).status_code == 202:
        pass
    assert (
        answer.status_code == 200
        and answer.json()["addResources"][0]["resourceDefinitionId"] == "fw-0"
    )
    assert answer.json()["_links"]["vnfInstance"]["href"] == "http://vnfm.example/vnf"


def test_a_grant_that_removes_is_201_at_once(api: Api, nsd: str) -> None:
    body = grant_request(
        operation="TERMINATE",
        addResources=[],
        removeResources=[{"id": "fw-0", "type": "COMPUTE", "resourceTemplateId": "fw"}],
    )
    answer = api.ok("POST", GRANTS, 201, body)
    assert answer.json()["removeResources"] == [{"resourceDefinitionId": "fw-0"}]
    api.ok("GET", answer.headers["Location"], 200)


def test_a_grant_is_403_where_there_is_no_room_and_says_what_was_short(api: Api, nsd: str) -> None:
    huge = {"needs": {"fw": {"vcpus": 10**7, "memoryMiB": 1}}}
    location = api.ok("POST", GRANTS, 202, grant_request(additionalParams=huge)).headers["Location"]
    while (answer := api.get(location)).status_code == 202:
        pass
    assert (
        answer.status_code == 403
        and "10000000 vCPUs wanted" in answer.json()["detail"]
        and "zone-1" in answer.json()["detail"]
    )


def test_grants_have_post_and_get_only(api: Api) -> None:
    assert (
        api.ok("GET", GRANTS, 405).headers["Allow"] == "POST"
        and api.ok("DELETE", f"{GRANTS}/x", 405).headers["Allow"] == "GET"
    )
    api.ok("GET", f"{GRANTS}/none", 404)
    assert "vnfdId" in api.ok("POST", GRANTS, 400, {}).text


def test_a_vnfd_that_nobody_onboarded_is_422(api: Api) -> None:
    assert "onboard it" in api.ok("POST", INSTANCES, 422, {"vnfdId": "nobody"}).json()["detail"]


def test_wrong_states_are_409(api: Api, nsd: str, ran: tuple[str, str]) -> None:
    api.ok("DELETE", ran[0], 409)
    api.ok("POST", f"{ran[0]}/instantiate", 409, {"flavourId": "default"})
    vnf = made(api)
    api.ok("POST", f"{vnf}/terminate", 409, {"terminationType": "FORCEFUL"})
    assert (
        "it has default"
        in api.ok("POST", f"{vnf}/instantiate", 422, {"flavourId": "gold"}).json()["detail"]
    )
    api.ok("DELETE", vnf, 204)


@pytest.mark.parametrize("action", ["retry", "rollback", "fail", "cancel"])
def test_an_operation_that_has_ended_takes_no_action(
    api: Api, ran: tuple[str, str], action: str
) -> None:
    body = {"cancelMode": "GRACEFUL"} if action == "cancel" else None
    assert "COMPLETED" in api.ok("POST", f"{ran[1]}/{action}", 409, body).json()["detail"]
    api.ok("POST", f"{OPERATIONS}/none/{action}", 404, body)


def test_of_two_instantiates_at_once_one_is_accepted(api: Api, running: Running, nsd: str) -> None:
    vnf, answers = made(api), list[httpx.Response]()
    clients = [suites.client(running) for _ in range(3)]
    threads = [
        threading.Thread(
            target=lambda one=one: answers.append(
                one.post(f"{vnf}/instantiate", {"flavourId": "default"})
            )
        )
        for one in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    api.ended(next(answer.headers["Location"] for answer in answers if answer.status_code == 202))
    assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
    api.ok("DELETE", vnf, 204)


def test_information_is_changed_by_patch(api: Api, nsd: str) -> None:
    vnf = made(api)
    etag = api.get(vnf).headers["ETag"]
    assert api.patch(vnf, {"vnfInstanceName": "x"}, **{"If-Match": '"77"'}).status_code == 412
    answer = api.patch(
        vnf, {"vnfInstanceName": "new", "metadata": {"a": "b"}}, **{"If-Match": etag}
    )
    assert answer.status_code == 202
    done = api.ended(answer.headers["Location"])
    assert done["operation"] == "MODIFY_INFO" and done["changedInfo"]["vnfInstanceName"] == "new"
    assert api.patch(vnf, {"metadata": {"a": None, "c": "d"}}).status_code == 202
    found = api.get(vnf).json()
    assert found["vnfInstanceName"] == "new" and found["metadata"] == {"c": "d"}
    api.ok("DELETE", vnf, 204)


def test_lists_leave_out_and_filters_choose(api: Api, ran: tuple[str, str]) -> None:
    id = ran[0].rpartition("/")[2]
    [brief] = api.get(INSTANCES, params={"filter": f"(eq,id,{id})"}).json()
    assert "instantiatedVnfInfo" not in brief and brief["instantiationState"] == "INSTANTIATED"
    [full] = api.get(
        INSTANCES, params={"filter": f"(eq,id,{id})", "exclude_fields": "vimConnectionInfo"}
    ).json()
    assert "instantiatedVnfInfo" in full and "vimConnectionInfo" not in full
    assert [
        one["operation"]
        for one in api.get(OPERATIONS, params={"filter": f"(eq,vnfInstanceId,{id})"}).json()
    ] == ["INSTANTIATE"]


@pytest.mark.parametrize(
    "path, allow",
    [
        (INSTANCES, {"GET", "POST"}),
        (f"{INSTANCES}/none", {"GET", "PATCH", "DELETE"}),
        (f"{INSTANCES}/none/instantiate", {"POST"}),
        (f"{INSTANCES}/none/terminate", {"POST"}),
        (OPERATIONS, {"GET"}),
        (f"{OPERATIONS}/none", {"GET"}),
        (f"{OPERATIONS}/none/retry", {"POST"}),
        ("/vnflcm/v2/subscriptions", {"GET", "POST"}),
    ],
)
def test_what_a_resource_has_not_is_405_with_allow(api: Api, path: str, allow: set[str]) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allow:
        assert set(api.ok(method, path, 405).headers["Allow"].split(", ")) == allow


# -- faults, where the first VIM is a broken one --
@pytest.fixture
def broken(
    new_store: Callable[[], object], tmp_path: Path, samples: dict[str, bytes]
) -> Iterator[Callable[..., tuple[Running, Api, str]]]:
    """A suite of its own whose only VIM has the given settings."""
    running = Running(new_store, tmp_path)  # type: ignore[arg-type]
    with suites.started(running):

        def make(**extra: Any) -> tuple[Running, Api, str]:
            api = suites.client(running)
            vim = api.vim(**extra)
            api.onboard("/vnfpkgm/v2/vnf_packages", samples["firewall"])
            return running, api, vim

        yield make


def test_a_stopped_instantiation_is_retried_or_rolled_back_or_failed(
    broken: Callable[..., tuple[Running, Api, str]],
) -> None:
    running, api, vim = broken(
        faults=[
            {"kind": "compute", "times": 4, "error": {"status": 500, "detail": "no such flavour"}}
        ]
    )
    vnf = made(api)
    operation = started(api, vnf)
    done = api.ended(operation)
    assert done["operationState"] == "FAILED_TEMP" and "no such flavour" in done["error"]["detail"]
    api.ok("DELETE", vnf, 409)
    api.ok("POST", f"{operation}/rollback", 202)
    assert (
        api.until(operation, lambda found: found["operationState"] == "ROLLED_BACK")
        and suites.left(running, vim) == []
    )
    operation = started(api, vnf)
    assert api.ended(operation)["operationState"] == "FAILED_TEMP"
    assert api.ok("POST", f"{operation}/fail", 200).json()["operationState"] == "FAILED"
    api.ok("DELETE", vnf, 409)  # it still has what was made: it must be terminated
    assert (
        api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
        and suites.left(running, vim) == []
    )
    operation = started(api, vnf)
    assert api.ended(operation)["operationState"] == "FAILED_TEMP"
    for state in ("FAILED_TEMP", "COMPLETED"):
        api.ok("POST", f"{operation}/retry", 202)
        assert api.ended(operation)["operationState"] == state
    assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
    api.ok("DELETE", vnf, 204)
    assert suites.left(running, vim) == []


def test_without_room_the_operation_is_rolled_back_and_says_why(
    broken: Callable[..., tuple[Running, Api, str]],
) -> None:
    running, api, vim = broken(zones={"tiny": {"vcpus": 1, "memoryMiB": 1}})
    vnf = made(api)
    done = api.ended(started(api, vnf))
    assert (
        done["operationState"] == "ROLLED_BACK"
        and "zone tiny has no room" in done["error"]["detail"]
    )
    api.ok("DELETE", vnf, 204)


def test_a_cancelled_vnf_operation_stops(broken: Callable[..., tuple[Running, Api, str]]) -> None:
    running, api, vim = broken(delay=0.5)
    vnf = made(api)
    operation = started(api, vnf)
    api.ok("POST", f"{operation}/cancel", 202, {"cancelMode": "FORCEFUL"})
    done = api.ended(operation)
    assert (
        done["operationState"] in ("FAILED_TEMP", "ROLLED_BACK")
        and done["isCancelPending"] is False
    )
    if done["operationState"] == "FAILED_TEMP":
        api.ok("POST", f"{operation}/rollback", 202)
        api.until(operation, lambda found: found["operationState"] == "ROLLED_BACK")
    assert suites.gone(running, vim)
    api.ok("DELETE", vnf, 204)
