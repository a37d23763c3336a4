# SPDX-License-Identifier: Apache-2.0
"""VNF instances (SOL003 5.4.2 to 5.4.8)."""

from __future__ import annotations

from typing import Any

from mano import lcm, notifications, store
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing, merge_patch
from mano.sol import documents
from vnfm import resources, vnfds
from vnfm.lcm import instantiate as instantiation
from vnfm.lcm import occurrences
from vnfm.lcm import terminate as termination
from vnfm.peers import nfvo

KIND = "vnf_instances"
# Left out of lists unless asked for (SOL003 table 5.4.2.3.2-1)
LEFT_OUT = (
    "vnfConfigurableProperties",
    "vimConnectionInfo",
    "instantiatedVnfInfo",
    "metadata",
    "extensions",
)
MODIFIABLE = (
    "vnfInstanceName",
    "vnfInstanceDescription",
    "vnfConfigurableProperties",
    "metadata",
    "extensions",
)


def query(request: Request) -> Reply:
    """GET."""
    return listing.listing(request, KIND, shown=_shown, leave_out=LEFT_OUT)


def create(request: Request) -> Reply:
    """POST: 201 with an instance that is NOT_INSTANTIATED; 422 for a VNFD that nobody has
    onboarded."""
    known = request.tx.look(nfvo.VNFDS, request.body["vnfdId"])
    if known is None:
        raise Problem(
            422,
            f"No VNF package with vnfdId {request.body['vnfdId']} is onboarded; onboard it at the NFVO first.",
        )
    vnfd = vnfds.read(known)
    id = documents.new_id()
    body = {
        "id": id,
        "vnfInstanceName": request.body.get("vnfInstanceName", ""),
        "vnfInstanceDescription": request.body.get("vnfInstanceDescription", ""),
        "vnfdId": vnfd.id,
        "vnfProvider": vnfd.provider,
        "vnfProductName": vnfd.product_name,
        "vnfSoftwareVersion": vnfd.software_version,
        "vnfdVersion": vnfd.version,
        "vnfPkgId": known.body["vnfPkgId"],
        "instantiationState": "NOT_INSTANTIATED",
        "vnfConfigurableProperties": vnfd.configurable_properties,
        "metadata": request.body.get("metadata", {}),
        "_peer": request.peer,
    }
    document = request.tx.add(KIND, id, body)
    notifications.owe(
        request.tx,
        "vnflcm",
        {"notificationType": "VnfIdentifierCreationNotification", "vnfInstanceId": id},
        {"vnfInstance": f"/vnf_instances/{id}"},
    )
    return Reply(
        201,
        _shown(document, request),
        {"Location": f"/vnf_instances/{id}", **etags.header(document)},
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = request.tx.get(KIND, request.params["vnfInstanceId"])
    return etags.individual(request, document, _shown(document, request))


def modify(request: Request) -> Reply:
    """PATCH: name, description, metadata and configurable properties (SOL003 5.4.3.3.4): 202."""
    document = _free(request)
    etags.check_if_match(request, document)
    changes = {name: request.body[name] for name in MODIFIABLE if name in request.body}
    document.body = merge_patch.merge(document.body, changes)
    request.tx.put(document)
    occurrence = occurrences.record(
        request.tx, "MODIFY_INFO", document, request.body, changedInfo=request.body
    )
    return Reply(202, None, {"Location": f"/vnf_lcm_op_occs/{occurrence.id}"})


def delete(request: Request) -> Reply:
    """DELETE: 204; 409 while INSTANTIATED or an operation runs."""
    document = _free(request)
    _require_clean(document, "delete")
    request.tx.remove(document)
    notifications.owe(
        request.tx,
        "vnflcm",
        {"notificationType": "VnfIdentifierDeletionNotification", "vnfInstanceId": document.id},
        {"vnfInstance": f"/vnf_instances/{document.id}"},
    )
    return Reply(204)


def instantiate(request: Request) -> Reply:
    """POST …/instantiate: 202; 422 for a flavour or level the VNFD has not."""
    document = _free(request)
    _require_clean(document, "instantiate")
    vnfd = vnfds.of(request.tx, document.body)
    df = resources.flavour(vnfd, request.body["flavourId"])
    resources.wanted(df, request.body.get("instantiationLevelId"))
    return _start(request, instantiation.PLAN, "INSTANTIATE", document)


def terminate(request: Request) -> Reply:
    """POST …/terminate: 202; also ends what an instantiation that was given up has left."""
    document = _free(request)
    if not document.body.get("_resources"):
        _require(document, "INSTANTIATED", "terminate")
    return _start(request, termination.PLAN, "TERMINATE", document)


def _start(request: Request, plan: lcm.Plan, operation: str, document: store.Document) -> Reply:
    occurrence = occurrences.start(request.tx, plan, operation, document, request.body or {})
    return Reply(202, None, {"Location": f"/vnf_lcm_op_occs/{occurrence.id}"})


def _free(request: Request) -> store.Document:
    """The instance, locked; Problem 409 while an operation runs on it."""
    document = request.tx.get(KIND, request.params["vnfInstanceId"], lock=True)
    occurrences.check_free(document)
    return document


def _require(document: store.Document, state: str, to: str) -> None:
    if document.body["instantiationState"] != state:
        raise Problem(
            409,
            f"VNF instance {document.id} is {document.body['instantiationState']}; to {to} it, it must be {state}.",
        )


def _require_clean(document: store.Document, to: str) -> None:
    _require(document, "NOT_INSTANTIATED", to)
    if document.body.get("_resources"):
        raise Problem(
            409,
            f"VNF instance {document.id} still has what an instantiation that failed has left; terminate it first.",
        )


def _shown(document: store.Document, request: Request) -> dict[str, Any]:
    own = f"{request.base}/vnf_instances/{document.id}"
    actions = (
        ("instantiate",)
        if document.body["instantiationState"] == "NOT_INSTANTIATED"
        else ("terminate",)
    )
    return documents.shown(
        document.body, {"self": own, **{action: f"{own}/{action}" for action in actions}}
    )
