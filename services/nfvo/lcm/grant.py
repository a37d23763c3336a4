# SPDX-License-Identifier: Apache-2.0
"""The decision on a GrantRequest (SOL003 9.4.2.3.1) for a VNF that no network service of ours has
placed already."""

from __future__ import annotations

from typing import Any

from descriptors import model
from mano import bus, lcm
from nfvo import granting, images, onboarding, placement
from nfvo.peers import vims, vnfm

KIND = "grants"


def _place(op: lcm.Operation) -> None:
    """Chooses a VIM and zones."""
    request = op.occurrence["_request"]
    zones = vims.capacities(op)
    wanted = granting.wants(request, f"VNF {request['vnfInstanceId']}", _flavour(op))
    places = placement.first_fit(
        wanted,
        zones,
        placement.reserved(document.body["taken"] for document in op.tx.find("reservations")),
    )
    op.memo["places"] = {name: list(place) for name, place in places.items()}


def _images(op: lcm.Operation) -> None:
    """Brings the software images to the VIM."""
    request = op.occurrence["_request"]
    vim = _vim(op)
    package, df = (
        onboarding.by_descriptor(op.tx, onboarding.PACKAGES, request["vnfdId"]),
        _flavour(op),
    )
    op.memo["images"] = (
        images.ensure(op, vim, package, images.of_flavour(df)) if package and df and vim else []
    )


def _flavour(op: lcm.Operation) -> model.VnfDf | None:
    """The VNF's flavour, where its package is onboarded here."""
    request = op.occurrence["_request"]
    package = onboarding.by_descriptor(op.tx, onboarding.PACKAGES, request["vnfdId"])
    return onboarding.vnfd(op.tx, package).flavours.get(request["flavourId"]) if package else None


def _vim(op: lcm.Operation) -> dict[str, Any] | None:
    places = op.memo["places"]
    chosen = (
        next(iter(places.values()))[0] if places else next(iter(vims.enabled(op.tx, None)))["id"]
    )
    return op.tx.get(vims.KIND, chosen).body


def _enter(op: lcm.Operation, state: str, error: dict[str, Any] | None) -> None:
    """The decision is stored for GET and pushed to the VNFM."""
    request = op.occurrence["_request"]
    if state == "COMPLETED":
        vim = _vim(op)
        places = {name: (place[0], place[1]) for name, place in op.memo["places"].items()}
        body = granting.grant(
            op.id, request, places, vims.connection(vim) if vim else {}, op.memo["images"]
        )
        status = 201
    else:
        status, body = 403, {"title": "Grant refused", **(error or {}), "status": 403}
    op.document.body = {"id": op.id, "_request": request, "_status": status, **body}
    op.save()
    op.tx.owe(
        bus.request(
            vnfm.VNFM,
            "granted",
            {
                "vnfLcmOpOccId": request["vnfLcmOpOccId"],
                "step": "grant",
                "status": status,
                "body": body,
            },
            id=f"granted/{op.id}",
        )
    )


PLAN = lcm.Plan(
    "grant", (lcm.Step("place", _place), lcm.Step("images", _images)), _enter, ends_on_failure=True
)
