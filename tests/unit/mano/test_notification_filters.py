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


@pytest.mark.parametrize(
    "filter",
    [
        {},
        {"operationTypes": []},
        {"operationTypes": ["HEAL", "INSTANTIATE"], "operationStates": ["PROCESSING"]},
        {"nsInstanceSubscriptionFilter": {"nsInstanceIds": ["a", "b"]}},
        {"vnfdId": ["of a VNF, of which this one does not speak"]},
        {"anAttributeOfALaterRelease": ["x"]},
    ],
)
def test_what_fits_every_attribute_that_is_set_passes(filter: dict[str, Any]) -> None:
    assert fits(filter, STARTED)


@pytest.mark.parametrize(
    "filter",
    [
        {"operationTypes": ["HEAL"]},
        {"operationTypes": ["INSTANTIATE"], "operationStates": ["COMPLETED"]},
        {"nsInstanceSubscriptionFilter": {"nsInstanceIds": ["b"]}},
    ],
)
def test_one_attribute_that_does_not_fit_is_enough(filter: dict[str, Any]) -> None:
    assert not fits(filter, STARTED)


def test_a_filter_of_one_value_needs_that_value() -> None:
    changed = {"operationalState": "DISABLED"}
    assert fits({"operationalState": "DISABLED"}, changed)
    assert not fits({"operationalState": "ENABLED"}, changed)
