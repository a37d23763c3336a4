# SPDX-License-Identifier: Apache-2.0
"""The filter of a subscription holds for every notification (SOL003 5.5.3.12, SOL005 6.5.3.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.receiver import Receiver
from tests.running import Api

VNFLCM, NSLCM = "/vnflcm/v2", "/nslcm/v2"
PACKAGES, NSDS = "/vnfpkgm/v2", "/nsd/v2"
NOBODYS = {
    "vnfdIds": ["00000000-0000-0000-0000-000000000000"],
    "vnfInstanceIds": ["00000000-0000-0000-0000-000000000000"],
    "vnfInstanceNames": ["another"],
    "vnfProductsFromProviders": [{"vnfProvider": "another"}],
}


@pytest.fixture
def vnfd(api: Api, nsd: str) -> dict[str, Any]:
    """The VnfPkgInfo of the sample firewall."""
    query = {"filter": "(eq,vnfProductName,Firewall)"}
    package: dict[str, Any] = api.ok("GET", "/vnfpkgm/v2/vnf_packages", 200, params=query).json()[0]
    return package


def subscribe(api: Api, receiver: Receiver, root: str, filter: Any) -> str:
    body = {"callbackUri": receiver.uri, "filter": filter}
    return str(api.ok("POST", f"{root}/subscriptions", 201, body).headers["Location"])


def types(receiver: Receiver) -> list[str]:
    return [notification["notificationType"] for notification in receiver.got]


def made_and_deleted(api: Api, vnfd: dict[str, Any], name: str) -> None:
    body = {"vnfdId": vnfd["vnfdId"], "vnfInstanceName": name}
    path = api.ok("POST", f"{VNFLCM}/vnf_instances", 201, body).headers["Location"]
    api.ok("DELETE", path, 204)


@pytest.mark.parametrize("attribute", NOBODYS)
def test_a_vnf_of_another_kind_is_not_told_of(
    api: Api, vnfd: dict[str, Any], receiver: Receiver, attribute: str
) -> None:
    filter = {"vnfInstanceSubscriptionFilter": {attribute: NOBODYS[attribute]}}
    other = subscribe(api, receiver, VNFLCM, filter)
    mine = subscribe(
        api, receiver, VNFLCM, {"vnfInstanceSubscriptionFilter": {"vnfInstanceNames": ["mine"]}}
    )
    made_and_deleted(api, vnfd, "mine")
    receiver.until(lambda got: len(got) >= 2)
    assert {one["subscriptionId"] for one in receiver.got} == {mine.rpartition("/")[2]}
    api.ok("DELETE", other, 204)
    api.ok("DELETE", mine, 204)


def test_a_vnf_that_fits_every_word_is_told_of(
    api: Api, vnfd: dict[str, Any], receiver: Receiver
) -> None:
    version = {
        "vnfSoftwareVersion": vnfd["vnfSoftwareVersion"],
        "vnfdVersions": [vnfd["vnfdVersion"]],
    }
    product = {"vnfProductName": vnfd["vnfProductName"], "versions": [version]}
    words = {
        "vnfdIds": ["x", vnfd["vnfdId"]],
        "vnfInstanceNames": ["mine"],
        "vnfProductsFromProviders": [
            {"vnfProvider": vnfd["vnfProvider"], "vnfProducts": [product]}
        ],
    }
    path = subscribe(api, receiver, VNFLCM, {"vnfInstanceSubscriptionFilter": words})
    made_and_deleted(api, vnfd, "another")
    made_and_deleted(api, vnfd, "mine")
    receiver.until(lambda got: len(got) >= 2)
    assert types(receiver) == [
        "VnfIdentifierCreationNotification",
        "VnfIdentifierDeletionNotification",
    ]
    api.ok("DELETE", path, 204)


def test_an_ns_is_told_of_by_its_nsd_name_and_vnfds(
    api: Api, nsd: str, vnfd: dict[str, Any], receiver: Receiver
) -> None:
    paths = {
        name: subscribe(api, receiver, NSLCM, {"nsInstanceSubscriptionFilter": filter})
        for name, filter in {
            "its VNFD": {"vnfdIds": [vnfd["vnfdId"]], "nsInstanceNames": ["by filter"]},
            "its NSD": {"nsdIds": [nsd], "nsInstanceNames": ["by filter"]},
            "another VNFD": {"vnfdIds": ["another"]},
            "another NSD": {"nsdIds": ["another"]},
            "another name": {"nsInstanceNames": ["another"]},
            "a PNFD": {"pnfdIds": ["another"]},
        }.items()
    }
    ns = api.ns(nsd, "by filter")
    api.ended(api.instantiate(ns))
    api.removed(ns)
    expected = [
        "NsIdentifierCreationNotification",
        *["NsLcmOperationOccurrenceNotification"] * 4,
        "NsIdentifierDeletionNotification",
    ]
    receiver.until(lambda got: len(got) >= 2 * len(expected))
    for name, path in paths.items():
        id = path.rpartition("/")[2]
        told = [one["notificationType"] for one in receiver.got if one["subscriptionId"] == id]
        assert told == (expected if name.startswith("its") else []), name
        api.ok("DELETE", path, 204)


def test_packages_are_told_of_by_provider_and_state(
    api: Api, another: Callable[..., bytes], receiver: Receiver
) -> None:
    paths = [
        subscribe(api, receiver, PACKAGES, filter)
        for filter in (
            {
                "operationalState": ["DISABLED"],
                "vnfProductsFromProviders": [{"vnfProvider": "example"}],
            },
            {"vnfProductsFromProviders": [{"vnfProvider": "another"}]},
            {"usageState": ["IN_USE"]},
            {"vnfmInfo": ["another"]},
        )
    ]
    package = api.onboard(f"{PACKAGES}/vnf_packages", another("0161"))
    path = f"{PACKAGES}/vnf_packages/{package['id']}"
    assert api.patch(path, {"operationalState": "DISABLED"}).status_code == 200
    api.ok("DELETE", path, 204)
    receiver.until(lambda got: len(got) >= 2)
    changes = [(one["subscriptionId"], one["changeType"]) for one in receiver.got]
    id = paths[0].rpartition("/")[2]
    assert changes == [(id, "OP_STATE_CHANGE"), (id, "PKG_DELETE")]
    for each in paths:
        api.ok("DELETE", each, 204)


def test_nsds_are_told_of_by_name(api: Api, nsd: str, receiver: Receiver) -> None:
    [info] = api.get(f"{NSDS}/ns_descriptors", params={"filter": f"(eq,nsdId,{nsd})"}).json()
    paths = [
        subscribe(api, receiver, NSDS, filter)
        for filter in (
            {"nsdName": [info["nsdName"]], "notificationTypes": ["NsdChangeNotification"]},
            {"nsdName": ["another"]},
            {"nsdDesigner": ["another"]},
            {"vnfPkgIds": [info["vnfPkgIds"][0]], "nsdVersion": [info["nsdVersion"]]},
        )
    ]
    for state in ("DISABLED", "ENABLED"):
        path = f"{NSDS}/ns_descriptors/{info['id']}"
        assert api.patch(path, {"nsdOperationalState": state}).status_code == 200
    receiver.until(lambda got: len(got) >= 4)
    told = {one["subscriptionId"] for one in receiver.got}
    assert told == {path.rpartition("/")[2] for path in (paths[0], paths[3])}
    for each in paths:
        api.ok("DELETE", each, 204)


@pytest.mark.parametrize(
    ("root", "filter", "named"),
    [
        (VNFLCM, {"vnfdIds": ["x"]}, "vnfInstanceSubscriptionFilter"),
        (VNFLCM, {"vnfInstanceSubscriptionFilter": {"vnfInstanceName": ["x"]}}, "vnfInstanceNames"),
        (NSLCM, {"nsInstanceSubscriptionFilter": {"names": ["x"]}}, "nsInstanceNames"),
        (PACKAGES, {"vnfdIds": ["x"]}, "vnfdId"),
        (PACKAGES, {"vnfProductsFromProviders": [{"provider": "x"}]}, "vnfProvider"),
        (NSDS, {"nsdIds": ["x"]}, "nsdInfoId"),
    ],
)
def test_a_filter_of_unknown_names_is_refused_with_the_known(
    api: Api, receiver: Receiver, root: str, filter: Any, named: str
) -> None:
    body = {"callbackUri": receiver.uri, "filter": filter}
    assert named in api.ok("POST", f"{root}/subscriptions", 400, body).json()["detail"]
    wrong = {"callbackUri": receiver.uri, "filters": {}}
    assert "'filters'" in api.ok("POST", f"{root}/subscriptions", 400, wrong).json()["detail"]


def test_who_wants_it_short_is_not_told_what_has_changed(
    api: Api, nsd: str, receiver: Receiver
) -> None:
    body = {"callbackUri": receiver.uri, "verbosity": "SHORT"}
    path = api.ok("POST", f"{NSLCM}/subscriptions", 201, body).headers["Location"]
    ns = api.ns(nsd)
    assert api.ended(api.instantiate(ns))["resourceChanges"]["affectedVnfs"]
    api.removed(ns)
    receiver.until(lambda got: any("Deletion" in one["notificationType"] for one in got))
    assert not any(name.startswith("affected") for one in receiver.got for name in one)
    assert {one["verbosity"] for one in receiver.got} == {"SHORT"}
    api.ok("DELETE", path, 204)
