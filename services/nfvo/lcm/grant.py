# SPDX-License-Identifier: Apache-2.0
"""The decision on a GrantRequest (SOL003 9.4.2.3.1) for a VNF that no NS of ours has placed."""

from __future__ import annotations

from typing import Any

from descriptors import model
from mano import bus, lcm, store
from mano.sol.documents import Body
from nfvo import granting, images, onboarded, reservations
from nfvo.lcm import placing
from nfvo.lcm.memos import GrantMemo
from nfvo.peers import vims, vnfm

KIND = "grants"
RETENTION = store.Rule(KIND, "history", "grants, from when they were decided")

Operation = lcm.Operation[GrantMemo]


def _place(op: Operation) -> None:
    """Chooses a VIM and zones, reserved until the VNF's operation has ended."""
    request = op.occurrence["_request"]
    demands = granting.demands(request, _flavour(op))
    places = placing.place(op, demands)
    reservations.fill(op.tx, request["vnfLcmOpOccId"], demands, places)
    op.memo["places"] = {resource: list(place) for resource, place in places.items()}


def _images(op: Operation) -> None:
    """Brings the software images to the VIM."""
    flavour, package = _flavour(op), _package(op)
    op.memo["images"] = images.ensure(op, _vim(op), package, images.of_flavour(flavour))


def _package(op: Operation) -> str:
    return onboarded.known(op.tx, op.occurrence["_request"]["vnfdId"], 403)


def _flavour(op: Operation) -> model.VnfDf:
    return granting.flavour(onboarded.vnfd(op.tx, _package(op)), op.occurrence["_request"])


def _vim(op: Operation) -> Body:
    """The VIM that was chosen; the first, if nothing had to be placed."""
    for vim, _ in op.memo["places"].values():
        return op.tx.get(vims.KIND, vim).body
    return vims.enabled(op.tx, None)[0]


def _enter(op: Operation, state: str, error: Body | None) -> None:
    """The decision is stored for GET and pushed to the VNFM."""
    request = op.occurrence["_request"]
    if state == "COMPLETED":
        status, body = 201, _grant(op, request)
    else:
        status, body = 403, {"title": "Grant refused", **(error or {}), "status": 403}
    op.document.body = {"id": op.id, "_request": request, "_status": status, **body}
    op.save()
    op.tx.retire(KIND, id=op.id)
    # As the answer to the GET that the VNFM's operation would otherwise ask in a while.
    key = f"{request['vnfLcmOpOccId']}|grant/granted"
    reply = {"key": key, "status": status, "body": body}
    op.tx.owe(bus.request(vnfm.VNFM, "reply", reply, id=f"granted/{op.id}"))


def _grant(op: Operation, request: Body) -> dict[str, Any]:
    places = {resource: (vim, zone) for resource, (vim, zone) in op.memo["places"].items()}
    connection = vims.connection(_vim(op))
    return granting.grant(op.id, request, places, connection, op.memo["images"])


PLAN = lcm.Plan[GrantMemo](
    "grant", (lcm.Step("place", _place), lcm.Step("images", _images)), _enter, ends_on_failure=True
)
