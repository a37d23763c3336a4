# SPDX-License-Identifier: Apache-2.0
"""HTTP to a subscriber: its test, its notifications, the authentication that it asked for."""

from __future__ import annotations

import base64
import json
from typing import Any

from mano.notifications.exchange import Answer, Failure, caller
from mano.sol.documents import Body


async def test(subscription: Body) -> str:
    """The test GET of a callback (SOL013 6.2, SOL003 5.4.20.3.2).

    Gives "" if it answered 204, else what is wrong; Busy if it could not be tried."""
    return await _call("GET", subscription, None, (204,))


async def notify(subscription: Body, notification: Body) -> str:
    """POSTs a notification; "" if it was taken, else what is wrong. Busy as above."""
    return await _call("POST", subscription, notification, (200, 201, 202, 204))


async def _call(method: str, subscription: Body, body: Body | None, good: tuple[int, ...]) -> str:
    try:
        headers = {
            # Of the API that was subscribed at; a subscription may be older than this note of it.
            "Version": subscription.get("_version", "2.0.0"),
            **await _authorization(subscription.get("authentication") or {}),
        }
        answer = await caller().call(
            method, subscription["callbackUri"], json=body, headers=headers
        )
    except Failure as failure:
        return str(failure)
    return "" if answer.status in good else f"answered {answer.status}"


async def _authorization(authentication: Body) -> dict[str, str]:
    """The header that SubscriptionAuthentication (SOL013 8.3.4) asks for.

    Failure if it asks for what cannot be: nobody is called with less than what was asked for."""
    kinds = authentication.get("authType") or []
    if "BASIC" in kinds and (basic := authentication.get("paramsBasic")):
        pair = f"{basic.get('userName', '')}:{basic.get('password', '')}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    if "OAUTH2_CLIENT_CREDENTIALS" in kinds and (
        oauth2 := authentication.get("paramsOauth2ClientCredentials")
    ):
        return {"Authorization": f"Bearer {await _token(oauth2)}"}
    if kinds:
        raise Failure(
            f"authType {', '.join(kinds)} cannot be used: BASIC needs paramsBasic,"
            " OAUTH2_CLIENT_CREDENTIALS needs paramsOauth2ClientCredentials,"
            " and for TLS_CERT there is no certificate here"
        )
    return {}


async def _token(oauth2: Body) -> str:
    """An access token for the client's credentials (RFC 6749 4.4)."""
    endpoint = oauth2.get("tokenEndpoint")
    if not endpoint:
        raise Failure("paramsOauth2ClientCredentials has no tokenEndpoint to ask for a token")
    try:
        answer = await caller().call(
            "POST",
            endpoint,
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
