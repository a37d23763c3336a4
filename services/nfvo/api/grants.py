# SPDX-License-Identifier: Apache-2.0
"""Grants (SOL003 9.4.2, 9.4.3)."""

from __future__ import annotations

from typing import Any

from mano import store
from mano.lcm import engine
from mano.rest import Reply, Request
from mano.sol import documents
from nfvo import granting, reservations
from nfvo.lcm import grant
from nfvo.peers import vims, vnfm

KIND = grant.KIND


def create(request: Request) -> Reply:
    """POST: 201 where nothing has to be found out (nothing is added, or the network service has
    placed it already); else 202, the decision follows."""
    asked, id = request.body, documents.new_id()
    vnf = request.tx.look(vnfm.KIND, asked["vnfInstanceId"])
    if asked.get("addResources") and vnf is None:
        request.tx.add(KIND, id, {"id": id, "_request": asked, "_status": 202})
        if request.peer:  # it says when the operation has ended, and with it the reservation
            reservations.open_for(request.tx, asked["vnfLcmOpOccId"])
        engine.schedule(request.tx, grant.PLAN, KIND, id)
        return Reply(202, None, {"Location": f"/grants/{id}"})
    places = (
        {name: (place[0], place[1]) for name, place in vnf.body["places"].items()}
        if vnf and asked.get("addResources")
        else {}
    )
    vim = request.tx.look(vims.KIND, next(iter(places.values()))[0]) if places else None
    body = granting.grant(
        id,
        asked,
        places,
        vims.connection(vim.body) if vim else {},
        vnf.body["images"] if places and vnf else [],
    )
    document = request.tx.add(KIND, id, {"_request": asked, "_status": 201, **body})
    return Reply(201, _shown(document, request), {"Location": f"/grants/{id}"})


def read(request: Request) -> Reply:
    """GET: 200, 202 while it is being decided, 403 if it was refused."""
    document = request.tx.get(KIND, request.params["grantId"])
    status = document.body["_status"]
    if status == 202:
        return Reply(202, {"id": document.id})
    return (
        Reply(200, _shown(document, request))
        if status == 201
        else Reply(status, documents.shown(document.body, {}))
    )


def _shown(document: store.Document, request: Request) -> dict[str, Any]:
    links = document.body["_request"]["_links"]
    return documents.shown(
        document.body,
        {
            "self": f"{request.base}/grants/{document.id}",
            **{name: links[name]["href"] for name in ("vnfLcmOpOcc", "vnfInstance")},
        },
    )
