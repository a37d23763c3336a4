# SPDX-License-Identifier: Apache-2.0
"""Faults of the VIM, and what an OSS can do about them: retry, rollback, fail, cancel (SOL005
6.4.11 to 6.4.15)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests import running as suites
from tests.running import Api, Running

OPERATIONS = "/nslcm/v2/ns_lcm_op_occs"
WORDS = "the hypervisor has lost its disk"
BROKEN: dict[str, Any] = {
    "kind": "compute",
    "name": "web-1",
    "error": {"status": 500, "detail": WORDS},
}


def stopped(api: Api, ns: str, vim: str) -> str:
    """The Location of the NS's instantiation, which is in FAILED_TEMP."""
    operation = api.instantiate(ns, vim)
    assert api.ended(operation)["operationState"] == "FAILED_TEMP"
    return operation


def vnf_named(api: Api, name: str, ns: str) -> dict[str, Any]:
    """The latest VNF of a name, as the VNFM has it."""
    vnfs = api.get(
        "/vnflcm/v2/vnf_instances", params={"filter": f"(eq,vnfInstanceName,{name})"}
    ).json()
    one: dict[str, Any] = vnfs[-1]
    return one


def test_a_vim_that_is_away_for_a_moment_is_asked_again(
    api: Api, running: Running, nsd: str
) -> None:
    fault = {"error": {"status": 503, "detail": "restarting"}, "times": 3}
    vim, ns = (
        api.vim(faults=[{"kind": "compute", **fault}, {"kind": "network", **fault}]),
        api.ns(nsd),
    )
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    api.removed(ns)
    assert suites.left(running, vim) == []


def test_an_error_carries_the_chain_and_the_vims_own_words(
    api: Api, running: Running, nsd: str
) -> None:
    vim, ns = api.vim(faults=[BROKEN]), api.ns(nsd, "shop")
    error = api.get(stopped(api, ns, vim)).json()["error"]
    for word in ("NS shop", "VNF web", "compute", "web-1", WORDS):
        assert word in error["detail"], error
    assert error["status"] == 500 or error["status"] == 409
    api.removed_half(ns)
    assert suites.left(running, vim) == []


def test_the_vnfs_operation_says_the_same(api: Api, nsd: str) -> None:
    vim, ns = api.vim(faults=[BROKEN]), api.ns(nsd)
    stopped(api, ns, vim)
    vnf = vnf_named(api, "web", ns)
    [operation] = api.get(
        "/vnflcm/v2/vnf_lcm_op_occs",
        params={"filter": f"(eq,vnfInstanceId,{vnf['id']})", "all_fields": ""},
    ).json()
    assert operation["operationState"] == "FAILED_TEMP" and WORDS in operation["error"]["detail"]
    assert set(operation["_links"]) >= {"retry", "rollback", "fail"}
    api.removed_half(ns)


def test_retry_after_the_fault_healed_completes(api: Api, running: Running, nsd: str) -> None:
    vim, ns = api.vim(faults=[{**BROKEN, "times": 1}]), api.ns(nsd)
    operation = stopped(api, ns, vim)
    assert set(api.get(operation).json()["_links"]) >= {"retry", "rollback", "fail", "continue"}
    api.ok("POST", f"{operation}/retry", 202)
    occurrence = api.ended(operation)
    assert occurrence["operationState"] == "COMPLETED" and "error" not in occurrence
    assert api.get(ns).json()["nsState"] == "INSTANTIATED"
    api.removed(ns)
    assert suites.left(running, vim) == []


def test_retry_before_it_healed_fails_again_and_a_later_one_completes(
    api: Api, running: Running, nsd: str
) -> None:
    vim, ns = api.vim(faults=[{**BROKEN, "times": 2}]), api.ns(nsd)
    operation = stopped(api, ns, vim)
    for state in ("FAILED_TEMP", "COMPLETED"):
        api.ok("POST", f"{operation}/retry", 202)
        assert api.ended(operation)["operationState"] == state
    api.removed(ns)
    assert suites.left(running, vim) == []


@pytest.mark.parametrize("kind", ["network", "port", "path", "image"])
def test_retry_completes_whatever_kind_of_resource_failed(
    api: Api, running: Running, nsd: str, kind: str
) -> None:
    vim, ns = (
        api.vim(faults=[{"kind": kind, "times": 1, "error": {"status": 500, "detail": WORDS}}]),
        api.ns(nsd),
    )
    operation = stopped(api, ns, vim)
    assert WORDS in api.get(operation).json()["error"]["detail"]
    api.ok("POST", f"{operation}/continue", 202)
    assert api.ended(operation)["operationState"] == "COMPLETED"
    api.removed(ns)
    assert suites.left(running, vim) == []


@pytest.mark.parametrize("kind", ["network", "port", "compute", "path", "image"])
def test_rollback_leaves_nothing(api: Api, running: Running, nsd: str, kind: str) -> None:
    vim, ns = (
        api.vim(faults=[{"kind": kind, "error": {"status": 500, "detail": WORDS}}]),
        api.ns(nsd),
    )
    operation = stopped(api, ns, vim)
    api.ok("POST", f"{operation}/rollback", 202)
    occurrence = api.until(operation, lambda document: document["operationState"] == "ROLLED_BACK")
    assert suites.left(running, vim) == [] and api.get(ns).json()["nsState"] == "NOT_INSTANTIATED"
    assert "rollback" not in occurrence["_links"]
    api.ok("DELETE", ns, 204)


def test_after_rollback_it_can_be_instantiated_elsewhere(
    api: Api, running: Running, nsd: str
) -> None:
    broken, sound, ns = api.vim(faults=[BROKEN]), api.vim(), api.ns(nsd)
    operation = stopped(api, ns, broken)
    api.ok("POST", f"{operation}/rollback", 202)
    api.until(operation, lambda found: found["operationState"] == "ROLLED_BACK")
    assert api.ended(api.instantiate(ns, sound))["operationState"] == "COMPLETED"
    api.removed(ns)
    assert suites.left(running, broken) == suites.left(running, sound) == []


@pytest.mark.parametrize("kind", ["network", "port", "compute", "path", "image"])
def test_fail_and_terminate_leave_nothing(api: Api, running: Running, nsd: str, kind: str) -> None:
    vim, ns = (
        api.vim(faults=[{"kind": kind, "error": {"status": 500, "detail": WORDS}}]),
        api.ns(nsd),
    )
    operation = stopped(api, ns, vim)
    failed = api.ok("POST", f"{operation}/fail", 200).json()
    assert failed["operationState"] == "FAILED" and WORDS in failed["error"]["detail"]
    api.ok("DELETE", ns, 409)
    api.removed(ns)
    assert suites.left(running, vim) == []


def test_a_fault_while_terminating_is_retried(api: Api, running: Running, nsd: str) -> None:
    vim = api.vim(
        faults=[
            {
                "kind": "compute",
                "verb": "terminate",
                "times": 1,
                "error": {"status": 500, "detail": WORDS},
            }
        ]
    )
    ns = api.ns(nsd)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    operation = api.terminate(ns)
    occurrence = api.ended(operation)
    assert occurrence["operationState"] == "FAILED_TEMP" and WORDS in occurrence["error"]["detail"]
    assert "cannot be rolled back" in api.ok("POST", f"{operation}/rollback", 409).json()["detail"]
    api.ok("POST", f"{operation}/retry", 202)
    assert api.ended(operation)["operationState"] == "COMPLETED"
    assert suites.left(running, vim) == []


def test_a_cancelled_operation_stops_and_can_be_rolled_back(
    api: Api, running: Running, nsd: str
) -> None:
    vim, ns = api.vim(delay=0.6), api.ns(nsd)
    operation = api.instantiate(ns, vim)
    time.sleep(0.2)
    api.ok("POST", f"{operation}/cancel", 202, {"cancelMode": "GRACEFUL"})
    assert api.get(operation).json()["isCancelPending"] is True
    occurrence = api.ended(operation)
    assert (
        occurrence["operationState"] == "FAILED_TEMP"
        and "cancelled" in occurrence["error"]["detail"]
        and occurrence["isCancelPending"] is False
    )
    api.ok("POST", f"{operation}/rollback", 202)
    api.until(operation, lambda found: found["operationState"] == "ROLLED_BACK")
    assert suites.left(running, vim) == []
    api.ok("DELETE", ns, 204)


def test_a_cancelled_operation_can_be_retried(api: Api, running: Running, nsd: str) -> None:
    vim, ns = api.vim(delay=0.3), api.ns(nsd)
    operation = api.instantiate(ns, vim)
    api.ok("POST", f"{operation}/cancel", 202, {"cancelMode": "FORCEFUL"})
    assert api.ended(operation)["operationState"] == "FAILED_TEMP"
    api.ok("POST", f"{operation}/retry", 202)
    assert api.ended(operation)["operationState"] == "COMPLETED"
    api.removed(ns)
    assert suites.left(running, vim) == []


def test_without_room_it_is_said_what_is_short_on_which_zone(
    api: Api, running: Running, nsd: str
) -> None:
    vim, ns = (
        api.vim(
            zones={
                "small": {"vcpus": 1, "memoryMiB": 100_000},
                "tiny": {"vcpus": 100, "memoryMiB": 64},
            }
        ),
        api.ns(nsd),
    )
    operation = stopped(api, ns, vim)
    detail = api.get(operation).json()["error"]["detail"]
    for word in (
        "No capacity",
        "zone small",
        "vCPUs wanted",
        "zone tiny",
        "MiB of memory wanted",
        f"VIM {vim}",
    ):
        assert word in detail, detail
    assert suites.left(running, vim) == []
    api.ok("POST", f"{operation}/rollback", 202)
    api.until(operation, lambda found: found["operationState"] == "ROLLED_BACK")
    api.ok("DELETE", ns, 204)


def test_two_services_share_what_one_has_reserved(api: Api, running: Running, nsd: str) -> None:
    vim = api.vim(delay=0.4, zones={"z": {"vcpus": 6, "memoryMiB": 100_000, "storageMiB": 100_000}})
    one, two = api.ns(nsd, "one"), api.ns(nsd, "two")
    operations = [api.instantiate(one, vim), api.instantiate(two, vim)]
    states = sorted(api.ended(operation)["operationState"] for operation in operations)
    assert states == ["COMPLETED", "FAILED_TEMP"], [
        api.get(operation).json().get("error") for operation in operations
    ]
    assert all(
        "No capacity" in occurrence["error"]["detail"]
        for operation in operations
        if "error" in (occurrence := api.get(operation).json())
    )
    for operation, ns in zip(operations, (one, two), strict=True):
        if api.get(operation).json()["operationState"] == "FAILED_TEMP":
            api.ok("POST", f"{operation}/fail", 200)
            api.ok("DELETE", ns, 204)
        else:
            api.removed(ns)
    assert suites.left(running, vim) == []
