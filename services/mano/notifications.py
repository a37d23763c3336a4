# SPDX-License-Identifier: Apache-2.0
"""Notifications (SOL013 6.2 and the subscription clauses): stored with the change they tell of,
sent until taken.

Each subscription has a job that sends its notices one after the other, so they arrive in order; a
subscriber that does not answer is tried again, later each time, through restarts."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from mano import store
from mano.sol import documents

if TYPE_CHECKING:
    from mano.service import Service

log = logging.getLogger(__name__)
_thread = threading.local()
KIND = "subscriptions"
LATEST = 120.0  # seconds between two tries at the most
TIMEOUT = 5.0  # seconds a subscriber may take to answer

# Attribute of a filter -> attribute of a notification. A list matches if it holds the
# notification's value.
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


def owe(
    tx: store.Transaction, api: str, notification: dict[str, Any], links: dict[str, str]
) -> None:
    """Owes a notification to every subscriber of `api` (nslcm, vnflcm, …) whose filter it fits.

    `links` are paths below the API's base, made absolute for each subscriber by the base it
    subscribed at."""
    for document in tx.find(KIND, owner=api):
        subscription = document.body
        if not fits(subscription.get("filter") or {}, notification):
            continue
        base = subscription["_base"]
        body = {
            "id": documents.new_id(),
            "subscriptionId": document.id,
            "timeStamp": documents.now(),
            **notification,
            "_links": {
                "subscription": {"href": f"{base}/subscriptions/{document.id}"},
                **{name: {"href": base + path} for name, path in links.items()},
            },
        }
        tx.owe_notice(document.id, body)
        tx.schedule(f"notify/{document.id}", "notify", {"tries": 0})


def fits(filter: dict[str, Any], notification: dict[str, Any]) -> bool:
    """Whether a notification passes a subscription's filter: every attribute that is set must
    fit."""
    for name, wanted in filter.items():
        if name in NESTED:
            if not fits(wanted, notification):
                return False
        elif name in ATTRIBUTES and wanted:
            value = notification.get(ATTRIBUTES[name])
            if value is None and name not in (
                "notificationTypes",
                "operationTypes",
                "operationStates",
            ):
                continue
            if value is not None and value not in (
                wanted if isinstance(wanted, list) else [wanted]
            ):
                return False
    return True


def deliver(service: Service, job: store.Job) -> bool:
    """The runner of a subscription's job: sends what is owed, in order; stops at the first that is
    not taken."""
    id = job.id.removeprefix("notify/")
    if (
        left := job.state.get("next", 0.0) - time.time()
    ) > 0:  # a new notice is no reason to hurry a subscriber
        with service.store.begin() as tx:
            return tx.release(job, left)
    while True:
        with service.store.begin() as tx:
            subscription = tx.look(KIND, id)
            notice = tx.next_notice(id) if subscription else None
            if subscription is None:
                tx.forget_notices(id)
            if subscription is None or notice is None:
                return not tx.finish_unless_signalled(job)
        failure = _post(subscription.body, notice[1])
        with service.store.begin() as tx:
            if failure:
                job.state["tries"] += 1
                delay = min(0.5 * 2 ** min(job.state["tries"], 10), LATEST)
                job.state["next"] = time.time() + delay
                log.warning(
                    "notification to %s: %s; again in %.0f s",
                    subscription.body["callbackUri"],
                    failure,
                    delay,
                )
                return tx.release(job, delay)
            tx.remove_notice(notice[0])
            job.state["tries"] = 0
            tx.keep(job)


def test(subscription: dict[str, Any]) -> str:
    """The test GET of a callback (SOL013 6.2, SOL003 5.4.20.3.2): "" if it answered 204, else what
    is wrong."""
    return _call("GET", subscription, None)


def _post(subscription: dict[str, Any], body: dict[str, Any]) -> str:
    return _call("POST", subscription, body)


def _call(method: str, subscription: dict[str, Any], body: dict[str, Any] | None) -> str:
    import httpx  # only who has subscribers needs it

    try:
        response = _client().request(
            method,
            subscription["callbackUri"],
            json=body,
            headers={
                "Version": "2.0.0",
                **_authorization(subscription.get("authentication") or {}),
            },
        )
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    return (
        ""
        if response.status_code in ((204,) if method == "GET" else (200, 201, 202, 204))
        else f"answered {response.status_code}"
    )


def _client() -> Any:
    """This thread's HTTP client: making one costs thirty times as much as a request. It keeps no
    connections, for one that a subscriber has closed meanwhile would cost a try."""
    import httpx

    if not hasattr(_thread, "client"):
        _thread.client = httpx.Client(
            timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=0)
        )
    return _thread.client


def _authorization(authentication: dict[str, Any]) -> dict[str, str]:
    import base64

    kinds = authentication.get("authType") or []
    if "BASIC" in kinds and (given := authentication.get("paramsBasic")):
        pair = f"{given.get('userName', '')}:{given.get('password', '')}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    if "OAUTH2_CLIENT_CREDENTIALS" in kinds and (
        given := authentication.get("paramsOauth2ClientCredentials")
    ):
        answer = _client().post(
            given["tokenEndpoint"],
            data={"grant_type": "client_credentials"},
            auth=(given.get("clientId", ""), given.get("clientPassword", "")),
        )
        answer.raise_for_status()
        return {"Authorization": "Bearer " + str(answer.json()["access_token"])}
    return {}
