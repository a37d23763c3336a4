# SPDX-License-Identifier: Apache-2.0
"""VNF LCM operation occurrences (SOL003 5.4.12 to 5.4.17)."""

from __future__ import annotations

from typing import Any

from mano import store
from mano.lcm import events
from mano.rest import Reply, Request, etags, listing
from mano.sol import documents, states
from vnfm.lcm import occurrences, plans

KIND = occurrences.KIND
LEFT_OUT = (
    "operationParams",
    "error",
    "resourceChanges",
    "changedInfo",
    "changedExtConnectivity",
    "lcmCoordinations",
    "modificationsTriggeredByVnfPkgChange",
    "warnings",
)


def query(request: Request) -> Reply:
    """GET."""
    return listing.listing(request, KIND, shown=_shown, leave_out=LEFT_OUT)


def read(request: Request) -> Reply:
    """GET of one."""
    document = request.tx.get(KIND, request.params["vnfLcmOpOccId"])
    return etags.individual(request, document, _shown(document, request))


def retry(request: Request) -> Reply:
    """POST …/retry: 202."""
    events.retry(request.tx, states.VNF_LCM_OPERATION, _get(request), occurrences.told)
    return Reply(202)


def rollback(request: Request) -> Reply:
    """POST …/rollback: 202."""
    events.rollback(
        request.tx, states.VNF_LCM_OPERATION, _get(request), occurrences.told, plans.PLANS
    )
    return Reply(202)


def fail(request: Request) -> Reply:
    """POST …/fail: 200 with the occurrence."""
    document = _get(request)
    events.fail(request.tx, states.VNF_LCM_OPERATION, document, occurrences.told)
    return Reply(200, _shown(document, request))


def cancel(request: Request) -> Reply:
    """POST …/cancel: 202."""
    events.cancel(request.tx, _get(request), request.body)
    return Reply(202)


def _get(request: Request) -> store.Document:
    return request.tx.get(KIND, request.params["vnfLcmOpOccId"], lock=True)


def _shown(document: store.Document, request: Request) -> dict[str, Any]:
    own = f"{request.base}/vnf_lcm_op_occs/{document.id}"
    state = document.body["operationState"]
    actions = {
        "FAILED_TEMP": ("retry", "rollback", "fail"),
        "PROCESSING": ("cancel",),
        "STARTING": ("cancel",),
    }.get(state, ())
    return documents.shown(
        document.body,
        {
            "self": own,
            "vnfInstance": f"{request.base}/vnf_instances/{document.body['vnfInstanceId']}",
            **{action: f"{own}/{action}" for action in actions},
        },
    )
