# SPDX-License-Identifier: Apache-2.0
"""The subscriptions resource of every SOL API (e.g. SOL005 6.4.16, SOL003 5.4.18): one set of
handlers for all."""

from __future__ import annotations

import functools
import logging
from typing import Any

from mano import notifications, store
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing, versions
from mano.rest.messages import Outside
from mano.sol import documents

log = logging.getLogger(__name__)
# The same for whatever went wrong: who subscribes learns nothing of what we can reach.
UNTESTED = (
    "The test GET to callbackUri did not answer 204 in time, or tokenEndpoint gave no token for it."
    " Start the receiver first, or correct URI or authentication; addresses of this machine and"
    " of its link are called only if MANO_CALLBACK_ALLOW names them. The log of the service says"
    " what it was."
)


def query(request: Request) -> Reply:
    """GET: the subscriptions of this API."""
    return listing.listing(request, notifications.KIND, shown=_shown, owner=_api(request))


def create(request: Request) -> Reply:
    """POST: 201 with the subscription; 422 if the callback does not answer its test with 204."""
    subscription: dict[str, Any] = {
        "id": documents.new_id(),
        "verbosity": "FULL",
        **request.body,
        "_base": request.base,
        "_version": _version(request),
    }
    _check_callback(subscription, request.outside)
    document = request.tx.add(
        notifications.KIND, subscription["id"], subscription, owner=_api(request)
    )
    return Reply(
        201,
        _shown(document, request),
        {"Location": f"/subscriptions/{document.id}", **etags.header(document)},
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = _get(request)
    return etags.individual(request, document, _shown(document, request))


def delete(request: Request) -> Reply:
    """DELETE: 204; what it was still owed is not sent."""
    request.tx.remove(_get(request))
    return Reply(204)


def _api(request: Request) -> str:
    """The API without its major version: "nslcm", "or-vnfm/vnfpkgm"."""
    assert request.operation is not None
    return request.operation.document.base.strip("/").rpartition("/")[0]


def _version(request: Request) -> str:
    """Of the notifications: the one that the subscriber speaks."""
    assert request.operation is not None
    return versions.used(request.operation, request.headers)


def _get(request: Request) -> store.Document:
    document = request.tx.get(notifications.KIND, request.params["subscriptionId"])
    if document.owner != _api(request):
        raise store.NotFound(notifications.KIND, document.id)
    return document


def _check_callback(subscription: dict[str, Any], failure: str | None) -> None:
    """`failure` is what came of its test, None before it."""
    if misfit := notifications.misfit(subscription):
        raise Problem(422, misfit)
    if failure is None:
        raise Outside(functools.partial(notifications.test, subscription))
    if failure:
        log.warning("callback test of %r: %s", subscription["callbackUri"], failure)
        raise Problem(422, UNTESTED)


def _shown(document: store.Document, request: Request) -> dict[str, Any]:
    body = {**document.body}
    body.pop("authentication", None)  # secrets are not shown
    return documents.shown(body, {"self": f"{request.base}/subscriptions/{document.id}"})
