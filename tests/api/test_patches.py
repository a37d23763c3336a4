# SPDX-License-Identifier: Apache-2.0
"""PATCH says what it changed and refuses what it cannot (SOL003 5.4.3.3.4, SOL005 5.4.3, 9.4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.running import Api

PACKAGES = "/vnfpkgm/v2/vnf_packages"
INSTANCES = "/vnflcm/v2/vnf_instances"
OF_MAPS = ("metadata", "extensions", "vnfConfigurableProperties")


@pytest.fixture
def package(api: Api, another: Callable[..., bytes]) -> Iterator[str]:
    """The path of a package of its own."""
    package = api.onboard(PACKAGES, another("0160"))
    path = f"{PACKAGES}/{package['id']}"
    yield path
    api.patch(path, {"operationalState": "DISABLED"})
    api.deleted(path)


@pytest.fixture
def vnf(api: Api, package: str) -> Iterator[str]:
    """The path of a VNF instance of that package, with a name and metadata."""
    body = {
        "vnfdId": api.get(package).json()["vnfdId"],
        "vnfInstanceName": "old",
        "metadata": {"a": "b", "c": {"d": 1, "e": 2}},
    }
    path = str(api.ok("POST", INSTANCES, 201, body).headers["Location"])
    yield path
    api.ok("DELETE", path, 204)


def changed(api: Api, vnf: str, patch: Any) -> Any:
    """The changedInfo of the occurrence."""
    answer = api.patch(vnf, patch)
    assert answer.status_code == 202, answer.text
    occurrence = api.ok("GET", answer.headers["Location"], 200).json()
    assert (occurrence["operation"], occurrence["operationState"]) == ("MODIFY_INFO", "COMPLETED")
    return occurrence["changedInfo"]


@pytest.mark.parametrize("attribute", OF_MAPS)
def test_null_removes_what_a_map_of_a_vnf_has(api: Api, vnf: str, attribute: str) -> None:
    assert changed(api, vnf, {attribute: {"x": "y"}}) == {attribute: {"x": "y"}}
    assert changed(api, vnf, {attribute: None})[attribute]["x"] is None
    assert api.get(vnf).json()[attribute] == {}
    assert changed(api, vnf, {attribute: None}) == {}


def test_the_occurrence_names_what_is_another_than_before(api: Api, vnf: str) -> None:
    patch = {"vnfInstanceName": "old", "metadata": {"a": "b", "c": {"d": 1, "e": 3}, "f": None}}
    assert changed(api, vnf, patch) == {"metadata": {"c": {"e": 3}}}
    assert changed(api, vnf, {"vnfInstanceName": None}) == {"vnfInstanceName": ""}
    assert api.get(vnf).json()["metadata"] == {"a": "b", "c": {"d": 1, "e": 3}}


@pytest.mark.parametrize(
    "attribute, value",
    {
        "vnfdId": "another",
        "vnfPkgId": "another",
        "vimConnectionInfo": {"v": {"vimType": "simulated"}},
        "instantiationState": "INSTANTIATED",
        "vnfdid": "misspelt",
        "vnfProvider": None,
    }.items(),
)
def test_what_cannot_be_changed_of_a_vnf_is_422_by_its_name(
    api: Api, vnf: str, attribute: str, value: Any
) -> None:
    before = api.get(vnf)
    answer = api.patch(vnf, {attribute: value, "vnfInstanceName": "new"})
    assert answer.status_code == 422 and attribute in answer.json()["detail"]
    after = api.get(vnf)
    assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])
    filter = f"(eq,vnfInstanceId,{before.json()['id']})"
    assert api.get("/vnflcm/v2/vnf_lcm_op_occs", params={"filter": filter}).json() == []


def test_a_package_has_a_state_and_no_null(api: Api, package: str) -> None:
    for patch, named in (
        ({"operationalState": None}, "operationalState cannot be removed"),
        ({"onboardingState": "CREATED"}, "onboardingState"),
        ({"userDefinedDate": {"a": 1}}, "userDefinedDate"),
        ({}, "operationalState, userDefinedData"),
    ):
        answer = api.patch(package, patch)
        assert answer.status_code == 422 and named in answer.json()["detail"]
    assert api.get(package).json()["operationalState"] == "ENABLED"


def test_a_package_answers_what_was_changed_of_its_user_data(api: Api, package: str) -> None:
    assert api.patch(package, {"userDefinedData": {"a": 1}}).json()["userDefinedData"] == {"a": 1}
    assert api.patch(package, {"userDefinedData": {"a": 1}}).json() == {}
    answer = api.patch(package, {"userDefinedData": None})
    assert (answer.status_code, answer.json()) == (200, {"userDefinedData": {"a": None}})
    assert api.get(package).json()["userDefinedData"] == {}
