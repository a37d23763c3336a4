# SPDX-License-Identifier: Apache-2.0
"""HTTP to a subscriber: its test, its notifications, the authentication that it asked for."""

from __future__ import annotations

import base64
import json
import urllib.parse
from typing import Any

from mano.destinations import Destinations
from mano.notifications.exchange import Answer, Failure, caller
from mano.sol.documents import Body


async def test(subscription: Body, destinations: Destinations) -> str:
    """The test GET of a callback (SOL013 6.2, SOL003 5.4.20.3.2).

    Gives "" if it answered 204, else what is wrong; Busy if it could not be tried."""
    return await _call("GET", subscription, None, (204,), destinations)


async def notify(subscription: Body, notification: Body, destinations: Destinations) -> str:
    """POSTs a notification; "" if it was taken, else what is wrong. Busy as above."""
    return await _call("POST", subscription, notification, (200, 201, 202, 204), destinations)


def misfit(subscription: Body) -> str:
    """What is wrong with a subscription before anybody is called; "" if nothing is."""
    authentication = subscription.get("authentication") or {}
    oauth2 = authentication.get("paramsOauth2ClientCredentials") or {}
    if reason := _unusable(authentication):
        return reason
    for name, uri in (
        ("callbackUri", subscription["callbackUri"]),
        ("tokenEndpoint", oauth2.get("tokenEndpoint")),
    ):
        if uri and not _is_http(uri):
            return f"{name} {uri!r} is not an http or https URI."
    return ""


async def _call(
    method: str,
    subscription: Body,
    body: Body | None,
    good: tuple[int, ...],
    destinations: Destinations,
) -> str:
    try:
        headers = {
            # Of the API that was subscribed at; a subscription may be older than this note of it.
            "Version": subscription.get("_version", "2.0.0"),
            **await _authorization(subscription.get("authentication") or {}, destinations),
        }
        answer = await caller().call(
            method, subscription["callbackUri"], destinations, json=body, headers=headers
        )
    except Failure as failure:
        return str(failure)
    return "" if answer.status in good else f"answered {answer.status}"


async def _authorization(authentication: Body, destinations: Destinations) -> dict[str, str]:
    """The header that SubscriptionAuthentication (SOL013 8.3.4) asks for.

    Failure if it asks for what cannot be: nobody is called with less than what was asked for."""
    if reason := _unusable(authentication):
        raise Failure(reason)
    kinds = authentication.get("authType") or []
    if "BASIC" in kinds and (basic := authentication.get("paramsBasic")):
        pair = f"{basic.get('userName', '')}:{basic.get('password', '')}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    if "OAUTH2_CLIENT_CREDENTIALS" in kinds and (
        oauth2 := authentication.get("paramsOauth2ClientCredentials")
    ):
        return {"Authorization": f"Bearer {await _token(oauth2, destinations)}"}
    return {}


def _unusable(authentication: Body) -> str:
    """Why nobody can be called with the authentication that is asked for; "" if it is none."""
    kinds = authentication.get("authType") or []
    oauth2 = authentication.get("paramsOauth2ClientCredentials")
    if not kinds or ("BASIC" in kinds and authentication.get("paramsBasic")):
        return ""
    if "OAUTH2_CLIENT_CREDENTIALS" not in kinds or not oauth2:
        return (
            f"authType {', '.join(kinds)} cannot be used: BASIC needs paramsBasic,"
            " OAUTH2_CLIENT_CREDENTIALS needs paramsOauth2ClientCredentials,"
            " and for TLS_CERT there is no certificate here"
        )
    if not oauth2.get("tokenEndpoint"):
        return "paramsOauth2ClientCredentials has no tokenEndpoint to ask for a token"
    return ""


def _is_http(uri: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


async def _token(oauth2: Body, destinations: Destinations) -> str:
    """An access token for the client's credentials (RFC 6749 4.4)."""
    endpoint = oauth2["tokenEndpoint"]
    try:
        answer = await caller().call(
            "POST",
            endpoint,
            destinations,
            read=True,
            data={"grant_type": "client_credentials"},
            auth=(oauth2.get("clientId", ""), oauth2.get("clientPassword", "")),
        )
    except Failure as failure:
        raise Failure(f"tokenEndpoint {endpoint}: {failure}") from failure
    token = _access_token(answer)
    # Never quoted: it is a third party's.
    if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
        raise Failure(f"tokenEndpoint {endpoint} answered {answer.status} without an access_token")
    return token


def _access_token(answer: Answer) -> Any:
    if answer.status != 200:
        return None
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Failure("the answer of tokenEndpoint is not JSON") from None
    return document.get("access_token") if isinstance(document, dict) else None
