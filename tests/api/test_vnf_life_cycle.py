# SPDX-License-Identifier: Apache-2.0
"""VNF instances (SOL003 clause 5) through the VNFM's own REST, and grants, on the simulated VIM."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import running as suites
from tests.running import Api, Running

INSTANCES, OPERATIONS = "/vnflcm/v2/vnf_instances", "/vnflcm/v2/vnf_lcm_op_occs"
PACKAGES = "/vnfpkgm/v2/vnf_packages"
GRANTS = "/or-vnfm/grant/v1/grants"
FIREWALL = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0001"
BESIDE = Path(__file__).resolve().parents[3] / "shared"
SAMPLE = Path(os.environ.get("MANO_SHARED") or BESIDE) / "packages" / "vnf" / "vnflcm1.zip"


def create(api: Api, vnfd: str = FIREWALL, name: str = "fw") -> str:
    """The path of a new VNF instance."""
    body = {"vnfdId": vnfd, "vnfInstanceName": name}
    return str(api.ok("POST", INSTANCES, 201, body).headers["Location"])


def instantiate(api: Api, vnf: str, flavour: str = "default") -> str:
    """The Location of its instantiation."""
    answer = api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": flavour})
    return str(answer.headers["Location"])


def remove(api: Api, vnf: str) -> dict[str, Any]:
    """Terminates a VNF and deletes it; the occurrence of the termination."""
    occurrence: dict[str, Any] = api.ended(api.terminate(vnf))
    assert occurrence["operationState"] == "COMPLETED", occurrence
    api.ok("DELETE", vnf, 204)
    return occurrence


def roll_back(api: Api, operation: str) -> None:
    """Rolls an operation back, to its end."""
    api.ok("POST", f"{operation}/rollback", 202)
    api.until(operation, lambda occurrence: occurrence["operationState"] == "ROLLED_BACK")


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def decision(api: Api, grant: str) -> httpx.Response:
    """The answer to GET on a grant, once the NFVO has decided."""
    while (answer := api.get(grant)).status_code == 202:
        pass
    return answer


@dataclass(frozen=True)
class Instance:
    """Where a VNF instance that is up is found, and its instantiation."""

    path: str
    operation: str


@pytest.fixture(scope="module")
def up(api: Api, nsd: str) -> Instance:
    vnf = create(api, name="up")
    operation = instantiate(api, vnf)
    assert api.ended(operation)["operationState"] == "COMPLETED", api.get(operation).json()
    return Instance(vnf, operation)


def test_a_vnf_alone_comes_up_and_goes(api: Api, nsd: str) -> None:
    vnf = create(api)
    occurrence = api.ended(instantiate(api, vnf))
    assert occurrence["operationState"] == "COMPLETED" and occurrence["grantId"], occurrence
    info = api.get(vnf).json()["instantiatedVnfInfo"]
    assert info["vnfcResourceInfo"][0]["computeResource"]["resourceId"]
    assert info["vnfState"] == "STARTED"
    assert occurrence["resourceChanges"]["affectedVnfcs"][0]["changeType"] == "ADDED"
    occurrence = api.ended(api.terminate(vnf))
    assert occurrence["operationState"] == "COMPLETED" and occurrence["grantId"], occurrence
    assert occurrence["resourceChanges"]["affectedVnfcs"][0]["changeType"] == "REMOVED"
    assert "instantiatedVnfInfo" not in api.get(vnf).json()
    api.ok("DELETE", vnf, 204)
    api.ok("GET", vnf, 404)


def test_a_real_vnf_comes_up_and_goes(api: Api) -> None:
    if not SAMPLE.exists():
        pytest.skip(f"{SAMPLE} is not here")
    filter = "(eq,vnfProductName,Sample VNF);(eq,onboardingState,ONBOARDED)"
    packages = api.get(PACKAGES, params={"filter": filter}).json()
    package = packages[0] if packages else api.onboard(PACKAGES, SAMPLE.read_bytes())
    vnf = create(api, package["vnfdId"], "real")
    occurrence = api.ended(instantiate(api, vnf, "simple"))
    assert occurrence["operationState"] == "COMPLETED", occurrence
    remove(api, vnf)


def test_the_grant_can_be_read_and_links_to_its_operation(api: Api, up: Instance) -> None:
    grant = api.ok("GET", f"{GRANTS}/{api.get(up.operation).json()['grantId']}", 200).json()
    assert grant["vnfInstanceId"] == id_of(up.path)
    assert grant["addResources"] and grant["zones"] and grant["vimConnectionInfo"]
    assert grant["vimAssets"]["softwareImages"][0]["vimSoftwareImageId"]
    assert api.get(grant["_links"]["vnfLcmOpOcc"]["href"]).json()["id"] == id_of(up.operation)
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
            {"id": "fw-0", "type": "COMPUTE", "vduId": "firewall", "resourceTemplateId": "firewall"}
        ],
        "_links": {
            "vnfLcmOpOcc": {"href": "http://vnfm.example/op"},
            "vnfInstance": {"href": "http://vnfm.example/vnf"},
        },
    } | more


def test_a_grant_takes_202_and_is_had_by_get(api: Api, nsd: str) -> None:
    location = api.ok("POST", GRANTS, 202, grant_request()).headers["Location"]
    answer = decision(api, location)
    assert answer.status_code == 200
    assert answer.json()["addResources"][0]["resourceDefinitionId"] == "fw-0"
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


def test_grants_have_post_and_get_only(api: Api) -> None:
    assert api.ok("GET", GRANTS, 405).headers["Allow"] == "OPTIONS, POST"
    assert api.ok("DELETE", f"{GRANTS}/x", 405).headers["Allow"] == "GET, HEAD, OPTIONS"
    api.ok("GET", f"{GRANTS}/none", 404)
    assert "vnfdId" in api.ok("POST", GRANTS, 400, {}).text


def test_a_vnfd_that_nobody_onboarded_is_422(api: Api) -> None:
    assert "onboard it" in api.ok("POST", INSTANCES, 422, {"vnfdId": "nobody"}).json()["detail"]


def test_wrong_states_are_409(api: Api, nsd: str, up: Instance) -> None:
    api.ok("DELETE", up.path, 409)
    api.ok("POST", f"{up.path}/instantiate", 409, {"flavourId": "default"})
    vnf = create(api)
    api.ok("POST", f"{vnf}/terminate", 409, {"terminationType": "FORCEFUL"})
    answer = api.ok("POST", f"{vnf}/instantiate", 422, {"flavourId": "gold"})
    assert "it has default" in answer.json()["detail"]
    api.ok("DELETE", vnf, 204)


@pytest.mark.parametrize("action", ["retry", "rollback", "fail", "cancel"])
def test_an_operation_that_has_ended_takes_no_action(api: Api, up: Instance, action: str) -> None:
    body = {"cancelMode": "GRACEFUL"} if action == "cancel" else None
    assert "COMPLETED" in api.ok("POST", f"{up.operation}/{action}", 409, body).json()["detail"]
    api.ok("POST", f"{OPERATIONS}/none/{action}", 404, body)


def test_of_two_instantiates_at_once_one_is_accepted(api: Api, running: Running, nsd: str) -> None:
    vnf, answers = create(api), list[httpx.Response]()

    def ask(client: Api) -> None:
        answers.append(client.post(f"{vnf}/instantiate", {"flavourId": "default"}))

    clients = [suites.client(running) for _ in range(3)]
    threads = [threading.Thread(target=ask, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    [accepted] = [answer for answer in answers if answer.status_code == 202]
    api.ended(accepted.headers["Location"])
    remove(api, vnf)


def test_information_is_changed_by_patch(api: Api, nsd: str) -> None:
    vnf = create(api)
    etag = api.get(vnf).headers["ETag"]
    assert api.patch(vnf, {"vnfInstanceName": "x"}, **{"If-Match": '"77"'}).status_code == 412
    change = {"vnfInstanceName": "new", "metadata": {"a": "b"}}
    answer = api.patch(vnf, change, **{"If-Match": etag})
    assert answer.status_code == 202
    occurrence = api.ended(answer.headers["Location"])
    assert occurrence["operation"] == "MODIFY_INFO"
    assert occurrence["changedInfo"]["vnfInstanceName"] == "new"
    assert api.patch(vnf, {"metadata": {"a": None, "c": "d"}}).status_code == 202
    instance = api.get(vnf).json()
    assert instance["vnfInstanceName"] == "new" and instance["metadata"] == {"c": "d"}
    api.ok("DELETE", vnf, 204)


def test_lists_leave_out_and_filters_choose(api: Api, up: Instance) -> None:
    id = id_of(up.path)
    [brief] = api.get(INSTANCES, params={"filter": f"(eq,id,{id})"}).json()
    assert "instantiatedVnfInfo" not in brief and brief["instantiationState"] == "INSTANTIATED"
    [full] = api.get(
        INSTANCES, params={"filter": f"(eq,id,{id})", "exclude_fields": "vimConnectionInfo"}
    ).json()
    assert "instantiatedVnfInfo" in full and "vimConnectionInfo" not in full
    [occurrence] = api.get(OPERATIONS, params={"filter": f"(eq,vnfInstanceId,{id})"}).json()
    assert occurrence["operation"] == "INSTANTIATE"


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
        stated = set(api.ok(method, path, 405).headers["Allow"].split(", "))
        assert stated - {"HEAD", "OPTIONS"} == allow


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
            api.onboard(PACKAGES, samples["firewall"])
            return running, api, vim

        yield make


def test_a_stopped_instantiation_is_retried_or_rolled_back_or_failed(
    broken: Callable[..., tuple[Running, Api, str]],
) -> None:
    error = {"status": 500, "detail": "no such flavour"}
    running, api, vim = broken(faults=[{"kind": "compute", "times": 4, "error": error}])
    vnf = create(api)
    operation = instantiate(api, vnf)
    occurrence = api.ended(operation)
    assert occurrence["operationState"] == "FAILED_TEMP"
    assert "no such flavour" in occurrence["error"]["detail"]
    api.ok("DELETE", vnf, 409)
    roll_back(api, operation)
    assert suites.left(running, vim) == []
    operation = instantiate(api, vnf)
    assert api.ended(operation)["operationState"] == "FAILED_TEMP"
    assert api.ok("POST", f"{operation}/fail", 200).json()["operationState"] == "FAILED"
    api.ok("DELETE", vnf, 409)  # it still has what was made: it must be terminated
    ended = api.ended(api.terminate(vnf))
    assert ended["operationState"] == "COMPLETED", ended.get("error")
    assert suites.left(running, vim) == []
    operation = instantiate(api, vnf)
    assert api.ended(operation)["operationState"] == "FAILED_TEMP"
    for state in ("FAILED_TEMP", "COMPLETED"):
        api.ok("POST", f"{operation}/retry", 202)
        assert api.ended(operation)["operationState"] == state
    remove(api, vnf)
    assert suites.left(running, vim) == []


def test_a_grant_is_403_where_there_is_no_room_and_says_what_was_short(
    broken: Callable[..., tuple[Running, Api, str]],
) -> None:
    _, api, _ = broken(zones={"tiny": {"vcpus": 1, "memoryMiB": 1}})
    answer = decision(api, api.ok("POST", GRANTS, 202, grant_request()).headers["Location"])
    assert answer.status_code == 403
    detail = answer.json()["detail"]
    assert "MiB of memory wanted" in detail and "zone tiny" in detail


def test_without_room_the_operation_is_rolled_back_and_says_why(
    broken: Callable[..., tuple[Running, Api, str]],
) -> None:
    _, api, _ = broken(zones={"tiny": {"vcpus": 1, "memoryMiB": 1}})
    vnf = create(api)
    occurrence = api.ended(instantiate(api, vnf))
    assert occurrence["operationState"] == "ROLLED_BACK"
    assert "zone tiny has no room" in occurrence["error"]["detail"]
    api.ok("DELETE", vnf, 204)


def test_a_cancelled_vnf_operation_stops(broken: Callable[..., tuple[Running, Api, str]]) -> None:
    running, api, vim = broken(delay=0.5)
    vnf = create(api)
    operation = instantiate(api, vnf)
    api.ok("POST", f"{operation}/cancel", 202, {"cancelMode": "FORCEFUL"})
    occurrence = api.ended(operation)
    assert occurrence["operationState"] in ("FAILED_TEMP", "ROLLED_BACK")
    assert occurrence["isCancelPending"] is False
    if occurrence["operationState"] == "FAILED_TEMP":
        roll_back(api, operation)
    assert suites.gone(running, vim)
    api.ok("DELETE", vnf, 204)


def test_one_that_is_cancelled_before_it_has_its_grant_has_ended(
    broken: Callable[..., tuple[Running, Api, str]],
) -> None:
    away = {"kind": "image", "error": {"status": 503, "detail": "away"}}
    _, api, _ = broken(faults=[away])
    vnf = create(api)
    operation = instantiate(api, vnf)
    assert api.get(operation).json()["operationState"] == "STARTING"
    api.ok("POST", f"{operation}/cancel", 202, {"cancelMode": "FORCEFUL"})
    occurrence = api.ended(operation)
    assert occurrence["operationState"] == "ROLLED_BACK", occurrence
    assert "cancelled" in occurrence["error"]["detail"]
    api.ok("DELETE", vnf, 204)


def test_a_vnf_of_an_earlier_version_which_kept_no_ledger_is_terminated_whole(
    broken: Callable[..., tuple[Running, Api, str]],
) -> None:
    running, api, vim = broken()
    vnf = create(api)
    assert api.ended(instantiate(api, vnf))["operationState"] == "COMPLETED"
    with running.parts["vnfm"].store.begin() as tx:
        document = tx.get("vnf_instances", id_of(vnf), lock=True)
        names: dict[str, list[str]] = {"network": [], "compute": [], "port": []}
        for row in tx.find("ledger", owner=document.id):
            names[row.body["kind"]].append(row.body["detail"]["name"])
            tx.remove(row)
        tx.remove(tx.get("compositions", document.id, lock=True))
        document.body["_resources"] |= names
        tx.put(document)
    assert suites.left(running, vim) != []
    problem = api.ok("POST", f"{vnf}/heal", 409, {}).json()
    assert "kept no ledger" in problem["detail"]
    remove(api, vnf)
    assert suites.left(running, vim) == []
