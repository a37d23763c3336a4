# SPDX-License-Identifier: Apache-2.0
"""Network service descriptors (SOL005 5.4.2 to 5.4.5)."""

from __future__ import annotations

from typing import Any

from mano import notifications, store
from mano.rest import Reply, Request, etags, listing
from mano.sol import documents
from nfvo import onboarding
from nfvo.api import packages

KIND = onboarding.NSDS
ONBOARDING, OPERATIONAL, USAGE = "nsdOnboardingState", "nsdOperationalState", "nsdUsageState"
LEFT_OUT = ("userDefinedData", "onboardingFailureDetails", "findings")


def query(request: Request) -> Reply:
    """GET."""
    return listing.listing(request, KIND, shown=_shown, leave_out=LEFT_OUT)


def create(request: Request) -> Reply:
    """POST: 201 with an empty NSD."""
    id = documents.new_id()
    document = request.tx.add(
        KIND,
        id,
        {
            "id": id,
            ONBOARDING: "CREATED",
            OPERATIONAL: "DISABLED",
            USAGE: "NOT_IN_USE",
            "vnfPkgIds": [],
            "pnfdInfoIds": [],
            "nestedNsdInfoIds": [],
            "userDefinedData": (request.body or {}).get("userDefinedData", {}),
        },
    )
    return Reply(
        201,
        _shown(document, request),
        {"Location": f"/ns_descriptors/{id}", **etags.header(document)},
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = _get(request)
    return etags.individual(request, document, _shown(document, request))


def modify(request: Request) -> Reply:
    """PATCH: nsdOperationalState and userDefinedData."""
    document = _get(request, lock=True)
    reply = packages.switch(request, document, ONBOARDING, OPERATIONAL)
    if OPERATIONAL in request.body:
        _notify(
            request,
            document,
            "NsdChangeNotification",
            nsdOperationalState=document.body[OPERATIONAL],
        )
    return reply


def delete(request: Request) -> Reply:
    """DELETE."""
    document = _get(request, lock=True)
    reply = packages.delete(request, document, OPERATIONAL, USAGE)
    _notify(request, document, "NsdDeletionNotification")
    return reply


def replace_nsd_content(request: Request) -> Reply:
    """PUT …/nsd_content."""
    return packages.upload(request, _get(request, lock=True), ONBOARDING)


def read_nsd_content(request: Request) -> Reply:
    """GET …/nsd_content."""
    return packages.content(request, _get(request), ONBOARDING)


def read_nsd(request: Request) -> Reply:
    """GET …/nsd."""
    return packages.descriptor(request, _get(request), ONBOARDING)


def read_manifest(request: Request) -> Reply:
    """GET …/manifest."""
    return packages.manifest(request, _get(request), ONBOARDING)


def _get(request: Request, lock: bool = False) -> store.Document:
    return request.tx.get(KIND, request.params["nsdInfoId"], lock=lock)


def _notify(request: Request, document: store.Document, kind: str, **more: Any) -> None:
    notifications.owe(
        request.tx,
        "nsd",
        {
            "notificationType": kind,
            "nsdInfoId": document.id,
            "nsdId": document.body.get("nsdId", ""),
            **more,
        },
        {"nsdInfo": f"/ns_descriptors/{document.id}"},
    )


def _shown(document: store.Document, request: Request) -> dict[str, Any]:
    own = f"{request.base}/ns_descriptors/{document.id}"
    return documents.shown(document.body, {"self": own, "nsd_content": f"{own}/nsd_content"})
