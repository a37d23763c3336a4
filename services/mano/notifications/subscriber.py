# SPDX-License-Identifier: Apache-2.0
"""HTTP to a subscriber: its test, its notifications, the authentication that it asked for."""

from __future__ import annotations

import base64
import threading
from typing import TYPE_CHECKING, Any

from mano.sol.documents import Body

if TYPE_CHECKING:
    import httpx

TIMEOUT = 5.0  # seconds a subscriber may take to answer
_thread = threading.local()


class Unusable(Exception):
    """The subscriber cannot be called as it asked to be; says why."""


def test(subscription: Body) -> str:
    """The test GET of a callback (SOL013 6.2, SOL003 5.4.20.3.2).

    Gives "" if it answered 204, else what is wrong."""
    return _call("GET", subscription, None, (204,))


def notify(subscription: Body, notification: Body) -> str:
    """POSTs a notification; "" if it was taken, else what is wrong."""
    return _call("POST", subscription, notification, (200, 201, 202, 204))


def _call(method: str, subscription: Body, body: Body | None, good: tuple[int, ...]) -> str:
    import httpx  # only who has subscribers needs it

    try:
        headers = {
            # Of the API that was subscribed at; a subscription may be older than this note of it.
            "Version": subscription.get("_version", "2.0.0"),
            **_authorization(subscription.get("authentication") or {}),
        }
        answer = _client().request(method, subscription["callbackUri"], json=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, Unusable) as error:
        return f"{type(error).__name__}: {error}"
    return "" if answer.status_code in good else f"answered {answer.status_code}"


def _client() -> httpx.Client:
    """This thread's HTTP client: making one costs thirty times as much as a request.

    It keeps no connections, for one that a subscriber has closed meanwhile would cost a try."""
    import httpx

    if not hasattr(_thread, "client"):
        _thread.client = httpx.Client(
            timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=0)
        )
    client: httpx.Client = _thread.client
    return client


def _authorization(authentication: Body) -> dict[str, str]:
    """The header that SubscriptionAuthentication (SOL013 8.3.4) asks for."""
    kinds = authentication.get("authType") or []
    if "BASIC" in kinds and (basic := authentication.get("paramsBasic")):
        pair = f"{basic.get('userName', '')}:{basic.get('password', '')}".encode()
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}
    if "OAUTH2_CLIENT_CREDENTIALS" in kinds and (
        oauth2 := authentication.get("paramsOauth2ClientCredentials")
    ):
        return {"Authorization": f"Bearer {_token(oauth2)}"}
    return {}


def _token(oauth2: Body) -> str:
    """An access token for the client's credentials (RFC 6749 4.4)."""
    endpoint = oauth2.get("tokenEndpoint")
    if not endpoint:
        raise Unusable("paramsOauth2ClientCredentials has no tokenEndpoint to ask for a token")
    answer = _client().post(
        endpoint,
        data={"grant_type": "client_credentials"},
        auth=(oauth2.get("clientId", ""), oauth2.get("clientPassword", "")),
    )
    answer.raise_for_status()
    document: Any = answer.json()
    token = document.get("access_token") if isinstance(document, dict) else None
    if not isinstance(token, str):
        raise Unusable(f"{endpoint} answered without an access_token")
    return token
