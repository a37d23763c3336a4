# SPDX-License-Identifier: Apache-2.0
"""Whether a notification passes the filter of a subscription (e.g. SOL003 5.5.3.12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Attribute of a filter -> attribute of a notification. A notification that has none is not asked:
# operation types say nothing of an instance that is created.
OF_NOTIFICATION = {
    "notificationTypes": "notificationType",
    "operationTypes": "operation",
    "operationStates": "operationState",
}
# What only NsChangeNotification has, which nobody is sent.
OF_NS_CHANGE = (
    "affectedNsInstanceIds",
    "nsComponentTypes",
    "lcmOpNameImpactingNsComponent",
    "lcmOpOccStatusImpactingNsComponent",
)
NESTED = ("vnfInstanceSubscriptionFilter", "nsInstanceSubscriptionFilter")
PRODUCTS = "vnfProductsFromProviders"


def fits(
    filter: Mapping[str, Any], notification: Mapping[str, Any], subject: Mapping[str, Any]
) -> bool:
    """Whether a notification passes: every attribute that is set must fit.

    `subject` is what the notification is about, in the words of the filter: {"vnfdIds": …}, a value
    or several; for `vnfProductsFromProviders` it has the attributes of a VnfInstance."""
    return all(
        _fits(name, allowed, notification, subject) for name, allowed in filter.items() if allowed
    )


def _fits(
    name: str, allowed: Any, notification: Mapping[str, Any], subject: Mapping[str, Any]
) -> bool:
    if name in NESTED:
        return fits(allowed, notification, subject)
    if name in OF_NS_CHANGE:
        return True
    if name in OF_NOTIFICATION:
        value = notification.get(OF_NOTIFICATION[name])
        return value is None or _spelled(value) in map(_spelled, allowed)
    if name == PRODUCTS:
        return any(_is_of_provider(subject, provider) for provider in allowed)
    values = subject.get(name)
    return any(value in allowed for value in (values if isinstance(values, list) else [values]))


def _spelled(type: str) -> str:
    """ETSI spells some notification types in two ways."""
    return type.casefold().replace("occurence", "occurrence")


def _is_of_provider(vnf: Mapping[str, Any], provider: Mapping[str, Any]) -> bool:
    """VnfProductsFromProvider: what is left out allows everything."""
    products = provider.get("vnfProducts")
    return vnf.get("vnfProvider") == provider["vnfProvider"] and (
        not products or any(_is_product(vnf, product) for product in products)
    )


def _is_product(vnf: Mapping[str, Any], product: Mapping[str, Any]) -> bool:
    versions = product.get("versions")
    return vnf.get("vnfProductName") == product["vnfProductName"] and (
        not versions or any(_is_version(vnf, version) for version in versions)
    )


def _is_version(vnf: Mapping[str, Any], version: Mapping[str, Any]) -> bool:
    vnfd_versions = version.get("vnfdVersions")
    return vnf.get("vnfSoftwareVersion") == version["vnfSoftwareVersion"] and (
        not vnfd_versions or vnf.get("vnfdVersion") in vnfd_versions
    )
