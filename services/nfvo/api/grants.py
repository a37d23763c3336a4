# SPDX-License-Identifier: Apache-2.0
"""Grants (SOL003 9.4.2, 9.4.3)."""

from __future__ import annotations

from mano import store
from mano.lcm import engine
from mano.rest import Reply, Request
from mano.sol import documents
from mano.sol.documents import Body
from nfvo import granting, network_service, onboarded, reservations
from nfvo.lcm import grant
from nfvo.peers import vims, vnfm

KIND = grant.KIND


def create(request: Request) -> Reply:
    """POST: 201, or 202 where the decision follows, or 403.

    It is made at once where nothing has to be found out: nothing is added, or the network
    service has placed it already. A VNF of no VNFCs is at a VIM too."""
    vnf = request.tx.look(vnfm.KIND, request.body["vnfInstanceId"])
    if granting.adds(request.body):
        _check_known(request.tx, request.body)
        if vnf is None:
            return _decide_later(request)
    id = documents.new_id()
    body = {"_request": request.body, "_status": 201, **_grant(request, id, vnf)}
    document = request.tx.add(KIND, id, body, retired=True)
    return Reply(201, _shown(document, request), {"Location": f"/grants/{id}"})


def read(request: Request) -> Reply:
    """GET: 200, 202 while it is being decided, 403 if it was refused."""
    document = request.tx.get(KIND, request.params["grantId"])
    status = document.body["_status"]
    if status == 202:
        return Reply(202, {"id": document.id}, {"Location": f"/grants/{document.id}"})
    if status == 201:
        return Reply(200, _shown(document, request))
    return Reply(status, documents.shown(document.body, {}))


def _decide_later(request: Request) -> Reply:
    id = documents.new_id()
    request.tx.add(KIND, id, {"id": id, "_request": request.body, "_status": 202})
    if request.peer:  # it says when the operation has ended, and with it the reservation
        reservations.open_for(request.tx, request.body["vnfLcmOpOccId"])
    engine.schedule(request.tx, grant.PLAN, KIND, id)
    return Reply(202, None, {"Location": f"/grants/{id}"})


def _check_known(tx: store.Transaction, request: Body) -> None:
    """Problem 403 for a VNFD, flavour or VDU that nobody knows, and for a DISABLED package."""
    find = onboarded.usable if request["operation"] == "INSTANTIATE" else onboarded.known
    package = find(tx, request["vnfdId"], 403)
    granting.flavour(onboarded.vnfd(tx, package), request)


def _grant(request: Request, id: str, vnf: store.Document | None) -> Body:
    """The Grant for a VNF whose places are decided, or that wants none."""
    if vnf is None or not granting.adds(request.body):
        return granting.grant(id, request.body, {}, None, [])
    places = {name: (vim, zone) for name, (vim, zone) in vnf.body["places"].items()}
    granting.check_placed(request.body, places)
    instance = request.tx.get(network_service.INSTANCES, vnf.body["nsInstanceId"])
    vim = request.tx.get(vims.KIND, instance.body["_resources"]["vim"])
    connection = vims.connection(vim.body)
    return granting.grant(id, request.body, places, connection, vnf.body["images"])


def _shown(document: store.Document, request: Request) -> Body:
    links = document.body["_request"]["_links"]
    return documents.shown(
        document.body,
        {
            "self": f"{request.base}/grants/{document.id}",
            **{name: links[name]["href"] for name in ("vnfLcmOpOcc", "vnfInstance")},
        },
    )
