# SPDX-License-Identifier: Apache-2.0
"""NS LCM operation occurrences (SOL005 6.4.9 to 6.4.15)."""

from __future__ import annotations

from typing import Any

from mano import store
from mano.lcm import events
from mano.rest import Reply, Request, etags, listing
from mano.sol import documents, states
from nfvo.lcm import occurrences, plans

KIND = occurrences.KIND
LEFT_OUT = ("operationParams", "error", "resourceChanges", "lcmCoordinations", "warnings")
ACTIONS = {
    "FAILED_TEMP": ("retry", "rollback", "continue", "fail"),
    "PROCESSING": ("cancel",),
    "ROLLING_BACK": ("cancel",),
}


def query(request: Request) -> Reply:
    """GET."""
    return listing.listing(request, KIND, shown=_shown, leave_out=LEFT_OUT)


def read(request: Request) -> Reply:
    """GET of one."""
    document = request.tx.get(KIND, request.params["nsLcmOpOccId"])
    return etags.individual(request, document, _shown(document, request))


def retry(request: Request) -> Reply:
    """POST …/retry: 202."""
    events.retry(request.tx, states.NS_LCM_OPERATION, _get(request), occurrences.told)
    return Reply(202)


def continue_(request: Request) -> Reply:
    """POST …/continue: 202. The failed step is done again and the rest follows, which is what retry
    does too."""
    return retry(request)


def rollback(request: Request) -> Reply:
    """POST …/rollback: 202."""
    events.rollback(
        request.tx, states.NS_LCM_OPERATION, _get(request), occurrences.told, plans.PLANS
    )
    return Reply(202)


def fail(request: Request) -> Reply:
    """POST …/fail: 200 with the occurrence."""
    document = _get(request)
    events.fail(request.tx, states.NS_LCM_OPERATION, document, occurrences.told)
    return Reply(200, _shown(document, request))


def cancel(request: Request) -> Reply:
    """POST …/cancel: 202."""
    events.cancel(request.tx, _get(request), request.body)
    return Reply(202)


def _get(request: Request) -> store.Document:
    return request.tx.get(KIND, request.params["nsLcmOpOccId"], lock=True)


def _shown(document: store.Document, request: Request) -> dict[str, Any]:
    own = f"{request.base}/ns_lcm_op_occs/{document.id}"
    body = {
        **document.body,
        "stateEnteredTime": document.body["statusEnteredTime"],
    }  # SOL005 3.7.1 has both names
    return documents.shown(
        body,
        {
            "self": own,
            "nsInstance": f"{request.base}/ns_instances/{body['nsInstanceId']}",
            **{action: f"{own}/{action}" for action in ACTIONS.get(body["operationState"], ())},
        },
    )
