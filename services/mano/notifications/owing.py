# SPDX-License-Identifier: Apache-2.0
"""A notification is stored for each subscriber, in the transaction of the change it tells of."""

from __future__ import annotations

from mano.notifications import filters
from mano.sol import documents
from mano.sol.documents import Body
from mano.store import Document, Transaction

KIND = "subscriptions"
DETAILS = ("affected", "changed", "modificationsTriggeredBy")


def owe(
    tx: Transaction, api: str, notification: Body, links: dict[str, str], subject: Body
) -> None:
    """Owes a notification to every subscriber of `api` (nslcm, vnflcm, …) whose filter it fits.

    `links` are paths below the API's base, made absolute for each subscriber by the base it
    subscribed at. `subject` is what it is about, for `filters.fits`."""
    for subscription in tx.find(KIND, owner=api):
        if filters.fits(subscription.body.get("filter") or {}, notification, subject):
            tx.owe_notice(subscription.id, _addressed(notification, links, subscription))
            tx.schedule(f"notify/{subscription.id}", "notify", {"tries": 0})


def _addressed(notification: Body, links: dict[str, str], subscription: Document) -> Body:
    base = subscription.body["_base"]
    paths = {"subscription": f"/subscriptions/{subscription.id}", **links}
    if subscription.body.get("verbosity") == "SHORT":
        notification = _without_details(notification)
    return {
        "id": documents.new_id(),
        "subscriptionId": subscription.id,
        "timeStamp": documents.now(),
        **notification,
        "_links": {name: {"href": base + path} for name, path in paths.items()},
    }


def _without_details(notification: Body) -> Body:
    """LcmOpOccNotificationVerbosityType SHORT (SOL003 5.5.4.11): without what has changed."""
    short = {name: value for name, value in notification.items() if not name.startswith(DETAILS)}
    return {**short, "verbosity": "SHORT"}
