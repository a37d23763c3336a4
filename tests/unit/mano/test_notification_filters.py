# SPDX-License-Identifier: Apache-2.0
"""Which notifications pass the filter of a subscription."""

from __future__ import annotations

from typing import Any

import pytest

from mano.notifications.filters import fits

STARTED = {
    "notificationType": "NsLcmOperationOccurrenceNotification",
    "operation": "INSTANTIATE",
    "operationState": "PROCESSING",
    "nsInstanceId": "a",
}
NS = {"nsInstanceIds": "a", "nsInstanceNames": "n", "nsdIds": "d", "vnfdIds": ["v", "w"]}
CREATED = {"notificationType": "VnfIdentifierCreationNotification", "vnfInstanceId": "i"}
VNF = {
    "vnfInstanceIds": "i",
    "vnfInstanceNames": "n",
    "vnfdIds": "v",
    "vnfProvider": "us",
    "vnfProductName": "web",
    "vnfSoftwareVersion": "1.0",
    "vnfdVersion": "1.1",
}


def of_provider(name: str, *products: dict[str, Any]) -> dict[str, Any]:
    return {"vnfProductsFromProviders": [{"vnfProvider": name, "vnfProducts": list(products)}]}


def product(name: str, software: str = "", vnfd: str = "") -> dict[str, Any]:
    version = {"vnfSoftwareVersion": software, **({"vnfdVersions": [vnfd]} if vnfd else {})}
    return {"vnfProductName": name, **({"versions": [version]} if software else {})}


@pytest.mark.parametrize(
    "filter",
    [
        {},
        {"operationTypes": []},
        {"operationTypes": ["HEAL", "INSTANTIATE"], "operationStates": ["PROCESSING"]},
        {"nsInstanceSubscriptionFilter": {"nsInstanceIds": ["a", "b"]}},
        {"nsInstanceSubscriptionFilter": {"vnfdIds": ["x", "w"], "nsInstanceNames": ["n"]}},
        {"notificationTypes": ["NsLcmOperationOccurenceNotification"]},
        {"nsComponentTypes": ["VNF"]},
    ],
)
def test_what_fits_every_attribute_that_is_set_passes(filter: dict[str, Any]) -> None:
    assert fits(filter, STARTED, NS)


@pytest.mark.parametrize(
    "filter",
    [
        {"operationTypes": ["HEAL"]},
        {"operationTypes": ["INSTANTIATE"], "operationStates": ["COMPLETED"]},
        {"notificationTypes": ["NsIdentifierCreationNotification"]},
        *(
            {"nsInstanceSubscriptionFilter": {name: ["another"]}}
            for name in ("nsInstanceIds", "nsInstanceNames", "nsdIds", "vnfdIds", "pnfdIds")
        ),
    ],
)
def test_one_attribute_that_does_not_fit_is_enough(filter: dict[str, Any]) -> None:
    assert not fits(filter, STARTED, NS)


def test_what_only_some_notifications_have_asks_nothing_of_the_others() -> None:
    assert fits({"operationTypes": ["HEAL"], "operationStates": ["COMPLETED"]}, CREATED, VNF)


@pytest.mark.parametrize("name", ["vnfdIds", "vnfInstanceIds", "vnfInstanceNames"])
def test_what_a_filter_says_of_instances_is_asked_of_every_notification(name: str) -> None:
    assert fits({"vnfInstanceSubscriptionFilter": {name: [VNF[name]]}}, CREATED, VNF)
    assert not fits({"vnfInstanceSubscriptionFilter": {name: ["another"]}}, CREATED, VNF)


@pytest.mark.parametrize(
    ("filter", "passes"),
    [
        (of_provider("us"), True),
        (of_provider("others"), False),
        (of_provider("us", product("web")), True),
        (of_provider("us", product("dns")), False),
        (of_provider("us", product("dns"), product("web", "1.0")), True),
        (of_provider("us", product("web", "2.0")), False),
        (of_provider("us", product("web", "1.0", "1.1")), True),
        (of_provider("us", product("web", "1.0", "1.2")), False),
    ],
)
def test_products_are_chosen_as_far_as_they_are_named(filter: dict[str, Any], passes: bool) -> None:
    assert fits({"vnfInstanceSubscriptionFilter": filter}, CREATED, VNF) is passes
    assert fits(filter, CREATED, VNF) is passes
