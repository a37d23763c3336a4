# SPDX-License-Identifier: Apache-2.0
"""Rollback and terminate always have a way out: whatever became of a VNF, whoever did it."""

from __future__ import annotations

from typing import Any

import pytest

from mano.vim.simulated import Simulated
from tests import running as suites
from tests.api.two_vdu_packages import Descriptors
from tests.running import Api, Running

NSDS, PACKAGES = "/nsd/v2/ns_descriptors", "/vnfpkgm/v2/vnf_packages"
VNFS, VNF_OPERATIONS = "/vnflcm/v2/vnf_instances", "/vnflcm/v2/vnf_lcm_op_occs"
BROKEN = {"kind": "compute", "name": "a-1", "error": {"status": 500, "detail": "no such disk"}}


@pytest.fixture(scope="module")
def packages(api: Api) -> Descriptors:
    """A VNF of four VNFCs and a network service of two such VNFs, onboarded."""
    return onboarded(api, Descriptors())


def onboarded(api: Api, packages: Descriptors) -> Descriptors:
    api.onboard(PACKAGES, packages.package())
    api.onboard(NSDS, packages.nsd(), "text/plain")
    return packages


def vnf_operations(api: Api, packages: Descriptors, state: str) -> list[str]:
    """The paths of the operations in that state on VNFs of the package."""
    vnfs = api.get(VNFS, params={"filter": f"(eq,vnfdId,{packages.vnfd_id})"}).json()
    ids = {vnf["id"] for vnf in vnfs}
    operations = api.get(VNF_OPERATIONS, params={"filter": f"(eq,operationState,{state})"}).json()
    return [
        f"{VNF_OPERATIONS}/{operation['id']}"
        for operation in operations
        if operation["vnfInstanceId"] in ids
    ]


def stopped(api: Api, ns: str, vim: str) -> str:
    """The Location of the NS's instantiation, which is in FAILED_TEMP."""
    operation = api.instantiate(ns, vim)
    assert api.ended(operation)["operationState"] == "FAILED_TEMP"
    return operation


def failed_at_the_vnfm(api: Api, packages: Descriptors) -> tuple[str, str, str]:
    """The VIM, an NS, and its stopped instantiation, those of whose VNFs were failed."""
    vim, ns = api.vim(faults=[BROKEN]), api.ns(packages.nsd_id)
    operation = stopped(api, ns, vim)
    for stuck in vnf_operations(api, packages, "FAILED_TEMP"):
        api.ok("POST", f"{stuck}/fail", 200)
    return vim, ns, operation


def ended_by(api: Api, operation: str, verb: str) -> dict[str, Any]:
    """The operation once it has ended or stopped after the verb."""
    api.ok("POST", f"{operation}/{verb}", 200 if verb == "fail" else 202)
    occurrence: dict[str, Any] = api.ended(operation)
    return occurrence


def is_gone(api: Api, running: Running, packages: Descriptors, ns: str, vim: str) -> None:
    """Nothing is left: at the VIM, at the VNFM, at the NFVO."""
    assert suites.left(running, vim) == []
    assert api.get(VNFS, params={"filter": f"(eq,vnfdId,{packages.vnfd_id})"}).json() == []
    api.ok("DELETE", ns, 204)


def test_an_ns_whose_vnfs_were_failed_at_the_vnfm_is_rolled_back(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns, operation = failed_at_the_vnfm(api, packages)
    assert ended_by(api, operation, "rollback")["operationState"] == "ROLLED_BACK"
    is_gone(api, running, packages, ns, vim)


def test_an_ns_whose_vnfs_were_failed_at_the_vnfm_is_terminated(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns, operation = failed_at_the_vnfm(api, packages)
    api.ok("POST", f"{operation}/fail", 200)
    assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
    is_gone(api, running, packages, ns, vim)


def test_an_ns_whose_vnfs_were_rolled_back_and_deleted_at_the_vnfm_is_rolled_back(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns = api.vim(faults=[BROKEN]), api.ns(packages.nsd_id)
    operation = stopped(api, ns, vim)
    [one, two] = vnf_operations(api, packages, "FAILED_TEMP")
    for stuck in (one, two):
        assert ended_by(api, stuck, "rollback")["operationState"] == "ROLLED_BACK"
    api.ok("DELETE", f"{VNFS}/{api.get(one).json()['vnfInstanceId']}", 204)
    assert ended_by(api, operation, "rollback")["operationState"] == "ROLLED_BACK"
    is_gone(api, running, packages, ns, vim)


def test_an_ns_whose_vnf_was_terminated_and_deleted_at_the_vnfm_is_terminated(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns = api.vim(), api.ns(packages.nsd_id)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    one, two = (f"{VNFS}/{vnf['id']}" for vnf in api.get(ns).json()["vnfInstance"])
    for vnf in (one, two):
        assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
    api.ok("DELETE", one, 204)
    assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
    is_gone(api, running, packages, ns, vim)


def test_a_vnf_of_no_vnfcs_lives_and_dies(api: Api, running: Running) -> None:
    packages = onboarded(api, Descriptors(numbers=(0, 0)))
    vnf = api.ok("POST", VNFS, 201, {"vnfdId": packages.vnfd_id}).headers["Location"]
    for _ in range(2):
        body = {"flavourId": "default"}
        location = api.ok("POST", f"{vnf}/instantiate", 202, body).headers["Location"]
        occurrence = api.ended(location)
        assert occurrence["operationState"] == "COMPLETED", occurrence
        assert api.get(vnf).json()["instantiatedVnfInfo"]["vnfState"] == "STARTED"
        assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
    api.ok("DELETE", vnf, 204)


def test_a_network_service_of_vnfs_of_no_vnfcs_lives_and_dies(api: Api, running: Running) -> None:
    packages = onboarded(api, Descriptors(numbers=(0, 0)))
    vim, ns = api.vim(), api.ns(packages.nsd_id)
    occurrence = api.ended(api.instantiate(ns, vim))
    assert occurrence["operationState"] == "COMPLETED", occurrence
    assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
    is_gone(api, running, packages, ns, vim)


# -- by force --
AWAY = {"kind": "compute", "error": {"status": 503, "detail": "away"}}
REFUSING = {"kind": "compute", "verb": "terminate", "error": {"status": 500, "detail": "jammed"}}


def forced(api: Api, instance: str, patience: float = 20) -> dict[str, Any]:
    """The termination by force of an NS or VNF, at its end."""
    parameters = {"force": True, "patience": patience}
    body: dict[str, Any] = {"terminateNsData": {"additionalParamsforNs": parameters}}
    if "vnf_instances" in instance:
        body = {"terminationType": "FORCEFUL", "additionalParams": parameters}
    location = api.ok("POST", f"{instance}/terminate", 202, body).headers["Location"]
    occurrence: dict[str, Any] = api.ended(location)
    return occurrence


def begun(api: Api, packages: Descriptors, vim: str) -> tuple[str, str]:
    """An NS whose VNFs wait for a VIM that is away, and its operation."""
    ns = api.ns(packages.nsd_id)
    operation = api.instantiate(ns, vim)
    api.until(operation, lambda _: len(vnf_operations(api, packages, "PROCESSING")) == 2)
    return ns, operation


def test_force_ends_an_ns_whose_instantiation_hangs(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim = api.vim(faults=[AWAY])
    ns, operation = begun(api, packages, vim)
    assert "is busy" in api.ok("POST", f"{ns}/terminate", 409, {}).json()["detail"]
    occurrence = forced(api, ns)
    assert occurrence["operationState"] == "COMPLETED", occurrence
    assert "warnings" not in occurrence
    given_up = api.get(operation).json()
    assert given_up["operationState"] == "FAILED" and "by force" in given_up["error"]["detail"]
    is_gone(api, running, packages, ns, vim)


def test_force_ends_an_ns_whose_termination_is_refused_and_says_by_whom(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns = api.vim(faults=[{**REFUSING, "times": 14}]), api.ns(packages.nsd_id)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    assert api.ended(api.terminate(ns))["operationState"] == "FAILED_TEMP"
    occurrence = forced(api, ns)
    assert occurrence["operationState"] == "COMPLETED", occurrence
    assert len(occurrence["warnings"]) == 6  # of eight VNFCs, for eight refusals were told before
    for warning in occurrence["warnings"]:
        assert "jammed" in warning and "not confirmed: compute" in warning
    assert suites.gone(running, vim)  # what was refused is asked for again
    is_gone(api, running, packages, ns, vim)


def test_force_does_not_wait_for_a_vim_that_is_away(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns = api.vim(faults=[{**AWAY, "verb": "terminate"}]), api.ns(packages.nsd_id)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    occurrence = forced(api, ns, patience=1)
    assert occurrence["operationState"] == "COMPLETED", occurrence
    assert len(occurrence["warnings"]) == 8, occurrence["warnings"]  # the ports went in time
    assert all("has not answered within 1 s" in warning for warning in occurrence["warnings"])
    assert api.get(ns).json()["nsState"] == "NOT_INSTANTIATED"
    api.ok("DELETE", ns, 204)


def test_force_ends_a_vnf_that_hangs(api: Api, running: Running, packages: Descriptors) -> None:
    vim = api.vim(faults=[AWAY])
    ns, _ = begun(api, packages, vim)
    operation = vnf_operations(api, packages, "PROCESSING")[0]
    vnf = f"{VNFS}/{api.get(operation).json()['vnfInstanceId']}"
    assert forced(api, vnf)["operationState"] == "COMPLETED"
    assert api.get(operation).json()["operationState"] == "FAILED"
    api.ok("DELETE", vnf, 204)
    assert forced(api, ns)["operationState"] == "COMPLETED"
    is_gone(api, running, packages, ns, vim)


@pytest.mark.parametrize(
    "parameters", [{"force": 1}, {"patience": "long"}, {"patience": 10**6}, {"colour": "red"}]
)
def test_what_a_termination_does_not_know_is_422(
    api: Api, packages: Descriptors, parameters: dict[str, Any]
) -> None:
    ns = api.ns(packages.nsd_id)
    body = {"terminateNsData": {"additionalParamsforNs": parameters}}
    api.ok("POST", f"{ns}/terminate", 409, body)  # what is there comes first
    assert api.ended(api.instantiate(ns))["operationState"] == "COMPLETED"
    api.ok("POST", f"{ns}/terminate", 422, body)
    api.removed(ns)


def one_of(api: Api, ns: str) -> str:
    """The path of a VNF of an NS."""
    return f"{VNFS}/{api.get(ns).json()['vnfInstance'][0]['id']}"


def test_what_stays_by_force_is_cleaned_up_once_however_often_the_step_waits(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns = api.vim(faults=[REFUSING], delay={"port": 0.3}), api.ns(packages.nsd_id)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    assert forced(api, one_of(api, ns))["operationState"] == "COMPLETED"
    with running.parts["vnfm"].store.begin() as tx:
        [cleanup] = [one.body for one in tx.find("cleanups") if one.body["vim"]["vimId"] == vim]
    assert (cleanup["kind"], len(cleanup["names"])) == ("compute", 4)
    simulated = Simulated(running.parts["vim-simulated"].store, vim)
    simulated.configure({"extra": {}})
    assert forced(api, ns)["operationState"] == "COMPLETED"
    assert suites.gone(running, vim)
    is_gone(api, running, packages, ns, vim)


def test_force_waits_for_each_kind_as_long_as_it_says(
    api: Api, running: Running, packages: Descriptors
) -> None:
    vim, ns = api.vim(), api.ns(packages.nsd_id)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    simulated = Simulated(running.parts["vim-simulated"].store, vim)
    simulated.configure({"extra": {"delay": {"compute": 4, "port": 0.2}}})
    occurrence = forced(api, one_of(api, ns), patience=2)
    assert occurrence["operationState"] == "COMPLETED", occurrence
    assert len(occurrence["warnings"]) == 4
    assert all("not confirmed: compute" in warning for warning in occurrence["warnings"])
    assert forced(api, ns)["operationState"] == "COMPLETED"
    assert suites.gone(running, vim)
    is_gone(api, running, packages, ns, vim)
