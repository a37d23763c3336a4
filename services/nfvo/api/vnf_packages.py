# SPDX-License-Identifier: Apache-2.0
"""VNF packages (SOL005 9.4.2 to 9.4.8)."""

from __future__ import annotations

from typing import Any

from mano import notifications, store
from mano.rest import Reply, Request, etags, listing
from mano.sol import documents
from nfvo import images, onboarding
from nfvo.api import packages

KIND = onboarding.PACKAGES
ONBOARDING, OPERATIONAL, USAGE = "onboardingState", "operationalState", "usageState"
LEFT_OUT = (
    "softwareImages",
    "additionalArtifacts",
    "userDefinedData",
    "checksum",
    "onboardingFailureDetails",
    "findings",
)


def query(request: Request) -> Reply:
    """GET."""
    return listing.listing(request, KIND, shown=shown, leave_out=LEFT_OUT)


def create(request: Request) -> Reply:
    """POST: 201 with an empty package."""
    id = documents.new_id()
    document = request.tx.add(
        KIND,
        id,
        {
            "id": id,
            ONBOARDING: "CREATED",
            OPERATIONAL: "DISABLED",
            USAGE: "NOT_IN_USE",
            "userDefinedData": (request.body or {}).get("userDefinedData", {}),
        },
    )
    return Reply(
        201, shown(document, request), {"Location": f"/vnf_packages/{id}", **etags.header(document)}
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = _get(request)
    return etags.individual(request, document, shown(document, request))


def modify(request: Request) -> Reply:
    """PATCH: operationalState and userDefinedData."""
    document = _get(request, lock=True)
    reply = packages.switch(request, document, ONBOARDING, OPERATIONAL)
    if OPERATIONAL in request.body:
        _notify(
            request,
            document,
            "VnfPackageChangeNotification",
            changeType="OP_STATE_CHANGE",
            operationalState=document.body[OPERATIONAL],
        )
    return reply


def delete(request: Request) -> Reply:
    """DELETE."""
    document = _get(request, lock=True)
    reply = packages.delete(request, document, OPERATIONAL, USAGE)
    images.forget(request.tx, document.id)
    _notify(request, document, "VnfPackageChangeNotification", changeType="PKG_DELETE")
    return reply


def replace_package_content(request: Request) -> Reply:
    """PUT …/package_content."""
    return packages.upload(request, _get(request, lock=True), ONBOARDING)


def read_package_content(request: Request) -> Reply:
    """GET …/package_content."""
    return packages.content(request, _get(request), ONBOARDING)


def read_vnfd(request: Request) -> Reply:
    """GET …/vnfd."""
    return packages.descriptor(request, _get(request), ONBOARDING)


def read_manifest(request: Request) -> Reply:
    """GET …/manifest."""
    return packages.manifest(request, _get(request), ONBOARDING)


def read_artifact(request: Request) -> Reply:
    """GET …/artifacts/{artifactPath}."""
    return packages.artifact(request, _get(request), ONBOARDING)


def _get(request: Request, lock: bool = False) -> store.Document:
    return request.tx.get(KIND, request.params["vnfPkgId"], lock=lock)


def _notify(request: Request, document: store.Document, kind: str, **more: Any) -> None:
    notifications.owe(
        request.tx,
        "vnfpkgm",
        {
            "notificationType": kind,
            "vnfPkgId": document.id,
            "vnfdId": document.body.get("vnfdId", ""),
            **more,
        },
        {"vnfPackage": f"/vnf_packages/{document.id}"},
    )


def shown(document: store.Document, request: Request) -> dict[str, Any]:
    """The VnfPkgInfo."""
    own = f"{request.base}/vnf_packages/{document.id}"
    return documents.shown(
        document.body,
        {"self": own, "vnfd": f"{own}/vnfd", "packageContent": f"{own}/package_content"},
    )
