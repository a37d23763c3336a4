# SPDX-License-Identifier: Apache-2.0
"""Whether a notification passes the filter of a subscription."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Attribute of a filter -> attribute of a notification. A list fits if it holds the notification's
# value.
ATTRIBUTES = {
    "notificationTypes": "notificationType",
    "operationTypes": "operation",
    "operationStates": "operationState",
    "vnfPkgId": "vnfPkgId",
    "vnfdId": "vnfdId",
    "vnfdIds": "vnfdId",
    "vnfInstanceIds": "vnfInstanceId",
    "nsdInfoId": "nsdInfoId",
    "nsdId": "nsdId",
    "nsdIds": "nsdId",
    "nsInstanceIds": "nsInstanceId",
    "operationalState": "operationalState",
}
NESTED = ("vnfInstanceSubscriptionFilter", "nsInstanceSubscriptionFilter")


def fits(filter: Mapping[str, Any], notification: Mapping[str, Any]) -> bool:
    """Whether a notification passes: every attribute that is set must fit, where the notification
    has it."""
    return all(_fits(name, value, notification) for name, value in filter.items())


def _fits(name: str, allowed: Any, notification: Mapping[str, Any]) -> bool:
    if name in NESTED:
        return fits(allowed, notification)
    value = notification.get(ATTRIBUTES.get(name, ""))
    if value is None or not allowed:
        return True
    return value in allowed if isinstance(allowed, list) else bool(value == allowed)
