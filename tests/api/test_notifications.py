# SPDX-License-Identifier: Apache-2.0
"""Subscriptions and notifications (SOL013 clause 6.2, SOL005 6.4.16, SOL003 5.4.18) to a real
receiver."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest

from mano.rest import subscriptions
from tests.api.receiver import Receiver
from tests.running import Api

NSLCM, VNFLCM = "/nslcm/v2/subscriptions", "/vnflcm/v2/subscriptions"


def subscribed(api: Api, receiver: Receiver, collection: str = NSLCM, **more: Any) -> str:
    """The path of a new subscription."""
    answer = api.ok("POST", collection, 201, {"callbackUri": receiver.uri, **more})
    assert answer.json()["callbackUri"] == receiver.uri and "authentication" not in answer.json()
    return str(answer.headers["Location"])


def test_links_of_notifications_begin_as_we_say_not_as_the_subscriber_addressed_us(
    api: Api, receiver: Receiver, nsd: str
) -> None:
    body = {"callbackUri": receiver.uri}
    subscription = api.ok("POST", NSLCM, 201, body, headers={"Host": "evil.example"})
    root = api.roots["nfvo"]
    assert subscription.headers["Location"].startswith(root)
    api.ok("DELETE", api.ns(nsd), 204)
    for notification in receiver.until(lambda got: len(got) >= 2):
        links = [link["href"] for link in notification["_links"].values()]
        assert links and all(link.startswith(f"{root}/nslcm/v2/") for link in links)
    api.ok("DELETE", subscription.headers["Location"], 204)


def of_operation(notifications: list[dict[str, Any]], location: str) -> list[str]:
    return [
        one["operationState"]
        for one in notifications
        if one.get("nsLcmOpOccId", one.get("vnfLcmOpOccId")) == location.rpartition("/")[2]
    ]


def test_start_and_result_arrive_in_order_and_their_links_work(
    api: Api, nsd: str, receiver: Receiver
) -> None:
    path, ns = subscribed(api, receiver), api.ns(nsd)
    up, down = api.instantiate(ns), ""
    api.ended(up)
    down = api.terminate(ns)
    api.ended(down)
    api.ok("DELETE", ns, 204)
    notifications = receiver.until(
        lambda notifications: any(
            one["notificationType"] == "NsIdentifierDeletionNotification" for one in notifications
        )
    )
    mine = [one for one in notifications if one["nsInstanceId"] == ns.rpartition("/")[2]]
    assert [one.get("operationState", one["notificationType"]) for one in mine] == [
        "NsIdentifierCreationNotification",
        "PROCESSING",
        "COMPLETED",
        "PROCESSING",
        "COMPLETED",
        "NsIdentifierDeletionNotification",
    ]
    assert [one.get("notificationStatus") for one in mine] == [
        None,
        "START",
        "RESULT",
        "START",
        "RESULT",
        None,
    ]
    assert len({one["id"] for one in notifications}) == len(notifications) and all(
        one["subscriptionId"] == path.rpartition("/")[2] for one in notifications
    )
    result = mine[2]
    assert {vnf["changeType"] for vnf in result["affectedVnfs"]} == {
        "INSTANTIATE"
    } and "affectedVnfs" not in mine[1]
    assert api.get(result["_links"]["nsLcmOpOcc"]["href"]).json()["id"] == up.rpartition("/")[2]
    assert api.get(result["_links"]["subscription"]["href"]).status_code == 200
    api.ok("DELETE", path, 204)


def test_a_receiver_that_was_down_gets_everything_in_order_when_it_is_back(
    api: Api, nsd: str, receiver: Receiver
) -> None:
    path = subscribed(
        api,
        receiver,
        filter={
            "operationTypes": ["INSTANTIATE", "TERMINATE"],
            "notificationTypes": ["NsLcmOperationOccurrenceNotification"],
        },
    )
    receiver.stop()
    ns = api.ns(nsd)
    up = api.instantiate(ns)
    api.ended(up)
    down = api.terminate(ns)
    api.ended(down)
    receiver.refuse = 1
    receiver.start()
    notifications = receiver.until(
        lambda notifications: of_operation(notifications, down)[-1:] == ["COMPLETED"], 30
    )
    order = list(dict.fromkeys(one["id"] for one in notifications))
    assert len(order) == 4 and of_operation(notifications, up)[0] == "PROCESSING"
    assert [one["operation"] for one in notifications] == sorted(
        one["operation"] for one in notifications
    )  # INSTANTIATE before TERMINATE
    api.ok("DELETE", path, 204)
    api.ok("DELETE", ns, 204)


def test_a_failure_is_notified_with_its_error(api: Api, nsd: str, receiver: Receiver) -> None:
    path, ns = (
        subscribed(api, receiver, filter={"operationStates": ["FAILED_TEMP", "ROLLED_BACK"]}),
        api.ns(nsd),
    )
    vim = api.vim(faults=[{"kind": "network", "error": {"status": 500, "detail": "no ports left"}}])
    operation = api.instantiate(ns, vim)
    api.ended(operation)
    api.ok("POST", f"{operation}/rollback", 202)
    notifications = receiver.until(
        lambda notifications: "ROLLED_BACK" in of_operation(notifications, operation)
    )
    assert of_operation(notifications, operation) == ["FAILED_TEMP", "ROLLED_BACK"]
    assert (
        "no ports left"
        in notifications[[one.get("operationState") for one in notifications].index("FAILED_TEMP")][
            "error"
        ]["detail"]
    )
    api.ok("DELETE", ns, 204)
    api.ok("DELETE", path, 204)


def test_a_filter_lets_only_its_own_instances_through(
    api: Api, nsd: str, receiver: Receiver
) -> None:
    one, other = api.ns(nsd), api.ns(nsd)
    path = subscribed(
        api,
        receiver,
        filter={"nsInstanceSubscriptionFilter": {"nsInstanceIds": [one.rpartition("/")[2]]}},
    )
    for ns in (other, one):
        api.ok("DELETE", ns, 204)
    assert [item["nsInstanceId"] for item in receiver.until(bool)] == [one.rpartition("/")[2]]
    api.ok("DELETE", path, 204)


def test_basic_authentication_is_used(api: Api, nsd: str, receiver: Receiver) -> None:
    path = subscribed(
        api,
        receiver,
        authentication={
            "authType": ["BASIC"],
            "paramsBasic": {"userName": "oss", "password": "pä:ss"},
        },
    )
    api.ok("DELETE", api.ns(nsd), 204)
    receiver.until(lambda got: len(got) >= 2)
    assert set(receiver.authorizations) == {
        "Basic " + base64.b64encode("oss:pä:ss".encode()).decode()
    }
    assert "pä:ss" not in api.get(path).text and "pä:ss" not in api.get(NSLCM).text
    api.ok("DELETE", path, 204)


def test_oauth2_client_credentials_are_used(api: Api, nsd: str, receiver: Receiver) -> None:
    path = subscribed(
        api,
        receiver,
        authentication={
            "authType": ["OAUTH2_CLIENT_CREDENTIALS"],
            "paramsOauth2ClientCredentials": {
                "clientId": "me",
                "clientPassword": "secret",
                "tokenEndpoint": f"http://127.0.0.1:{receiver.port}/token",
            },
        },
    )
    api.ok("DELETE", api.ns(nsd), 204)
    receiver.until(lambda got: len(got) >= 2)
    assert receiver.authorizations[-1] == "Bearer a-token"
    assert "Basic " + base64.b64encode(b"me:secret").decode() in receiver.authorizations
    api.ok("DELETE", path, 204)


def test_a_token_endpoint_that_is_away_delays_and_loses_nothing(
    api: Api, nsd: str, receiver: Receiver
) -> None:
    path = subscribed(
        api,
        receiver,
        authentication={
            "authType": ["OAUTH2_CLIENT_CREDENTIALS"],
            "paramsOauth2ClientCredentials": {
                "clientId": "me",
                "clientPassword": "secret",
                "tokenEndpoint": f"http://127.0.0.1:{receiver.port}/token",
            },
        },
    )
    receiver.stop()
    api.ok("DELETE", api.ns(nsd), 204)
    time.sleep(0.5)
    receiver.start()
    assert len(receiver.until(lambda got: len(got) >= 2)) == 2
    api.ok("DELETE", path, 204)


@pytest.mark.parametrize(
    ("endpoint", "answer", "why"),
    [
        ({}, b"", "tokenEndpoint"),
        ({"tokenEndpoint": "http://[::1"}, b"", "is not an http"),
        ({"tokenEndpoint": "/token"}, b"", "is not an http"),
        (None, b"no JSON", subscriptions.UNTESTED),
        (None, b"[]", subscriptions.UNTESTED),
        (None, b'{"token": "x"}', subscriptions.UNTESTED),
    ],
)
def test_a_token_that_cannot_be_had_is_422(
    api: Api, receiver: Receiver, endpoint: dict[str, str] | None, answer: bytes, why: str
) -> None:
    receiver.token_answer = answer
    if endpoint is None:
        endpoint = {"tokenEndpoint": f"http://127.0.0.1:{receiver.port}/token"}
    authentication = {
        "authType": ["OAUTH2_CLIENT_CREDENTIALS"],
        "paramsOauth2ClientCredentials": {"clientId": "me", "clientPassword": "x", **endpoint},
    }
    body = {"callbackUri": receiver.uri, "authentication": authentication}
    problem = api.call("POST", NSLCM, json=body)
    assert problem.status_code in (400, 422), problem.text
    assert problem.status_code == 400 or why in problem.json()["detail"], problem.text


def test_a_token_server_that_breaks_later_delays_and_loses_nothing(
    api: Api, nsd: str, receiver: Receiver
) -> None:
    oauth2 = {"tokenEndpoint": f"http://127.0.0.1:{receiver.port}/token"}
    authentication = {
        "authType": ["OAUTH2_CLIENT_CREDENTIALS"],
        "paramsOauth2ClientCredentials": oauth2,
    }
    path = subscribed(api, receiver, authentication=authentication)
    good, receiver.token_answer = receiver.token_answer, b"{}"
    api.ok("DELETE", api.ns(nsd), 204)
    time.sleep(0.5)
    assert receiver.got == []
    receiver.token_answer = good
    assert len(receiver.until(lambda got: len(got) >= 2)) == 2
    api.ok("DELETE", path, 204)


@pytest.mark.parametrize("collection", [NSLCM, VNFLCM])
def test_a_subscriber_is_told_the_version_of_the_api(
    api: Api, nsd: str, receiver: Receiver, collection: str
) -> None:
    versions = api.get(collection.replace("subscriptions", "api_versions")).json()["apiVersions"]
    path = subscribed(api, receiver, collection)
    if collection == NSLCM:
        api.ok("DELETE", api.ns(nsd), 204)
        receiver.until(bool)
    assert receiver.versions == {versions[0]["version"]}
    api.ok("DELETE", path, 204)


def test_a_subscriber_of_an_older_version_is_told_that(
    api: Api, nsd: str, receiver: Receiver
) -> None:
    body = {"callbackUri": receiver.uri}
    answer = api.ok("POST", NSLCM, 201, body, headers={"Version": "2.0.0"})
    api.ok("DELETE", api.ns(nsd), 204)
    receiver.until(bool)
    assert receiver.versions == {"2.0.0"}
    api.ok("DELETE", answer.headers["Location"], 204)


def test_a_callback_that_does_not_answer_its_test_is_422_and_the_log_says_why(
    api: Api, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.test_status = 404
    refused = api.ok("POST", NSLCM, 422, {"callbackUri": receiver.uri}).json()["detail"]
    assert "did not answer 204" in refused and "404" not in refused
    assert "answered 404" in caplog.text
    receiver.stop()
    again = api.ok("POST", NSLCM, 422, {"callbackUri": receiver.uri}).json()["detail"]
    assert again == refused and "ConnectError" in caplog.text
    api.ok("POST", NSLCM, 422, {"callbackUri": "ftp://somewhere/x"})
    assert "callbackUri" in api.ok("POST", NSLCM, 400, {}).text


def test_a_subscription_belongs_to_its_api(api: Api, receiver: Receiver) -> None:
    path = subscribed(api, receiver, VNFLCM)
    id = path.rpartition("/")[2]
    assert id in [one["id"] for one in api.get(VNFLCM).json()] and id not in [
        one["id"] for one in api.get(NSLCM).json()
    ]
    api.ok("GET", f"{NSLCM}/{id}", 404)
    assert api.get(path).json()["_links"]["self"]["href"] == path
    api.ok("DELETE", path, 204)
    api.ok("GET", path, 404)


def test_vnf_operations_and_packages_are_notified_too(
    api: Api, nsd: str, receiver: Receiver, another: Callable[..., bytes]
) -> None:
    paths = [
        subscribed(api, receiver, collection)
        for collection in (VNFLCM, "/vnfpkgm/v2/subscriptions")
    ]
    package = api.onboard("/vnfpkgm/v2/vnf_packages", another("0401"))
    vnf = api.ok("POST", "/vnflcm/v2/vnf_instances", 201, {"vnfdId": package["vnfdId"]}).headers[
        "Location"
    ]
    up = api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"}).headers["Location"]
    assert (occurrence := api.ended(up))["operationState"] == "COMPLETED", occurrence["error"][
        "detail"
    ]
    api.ended(api.terminate(vnf))
    api.ok("DELETE", vnf, 204)
    notifications = receiver.until(
        lambda notifications: (
            any(
                one["notificationType"] == "VnfIdentifierDeletionNotification"
                for one in notifications
            )
            and any(
                one["notificationType"] == "VnfPackageOnboardingNotification"
                for one in notifications
            )
        )
    )
    assert of_operation(notifications, up) == ["STARTING", "PROCESSING", "COMPLETED"]
    onboarded = next(
        one
        for one in notifications
        if one["notificationType"] == "VnfPackageOnboardingNotification"
    )
    assert (
        onboarded["vnfPkgId"] == package["id"]
        and api.get(onboarded["_links"]["vnfPackage"]["href"]).status_code == 200
    )
    for path in paths:
        api.ok("DELETE", path, 204)
