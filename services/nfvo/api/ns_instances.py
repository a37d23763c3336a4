# SPDX-License-Identifier: Apache-2.0
"""NS instances (SOL005 6.4.2 to 6.4.8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from descriptors import model, resources
from mano import lcm, notifications, store
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing
from mano.sol import documents
from nfvo import onboarded, vnfcs
from nfvo.lcm import instantiate as instantiation
from nfvo.lcm import occurrences
from nfvo.lcm import terminate as termination

KIND = occurrences.INSTANCES
LEFT_OUT = (
    "vnfInstance",
    "pnfInfo",
    "virtualLinkInfo",
    "vnffgInfo",
    "sapInfo",
    "nsScaleStatus",
    "additionalAffinityOrAntiAffinityRule",
    "wanConnectionInfo",
)


def query(request: Request) -> Reply:
    """GET."""
    return listing.listing(request, KIND, shown=_shown, leave_out=LEFT_OUT)


def create(request: Request) -> Reply:
    """POST: 201 with an instance that is NOT_INSTANTIATED; 422 for an NSD that is not onboarded,
    409 for a DISABLED one."""
    nsd = request.body["nsdId"]
    found = onboarded.by_nsd_id(request.tx, nsd)
    if found is None:
        raise Problem(
            422,
            f"No NSD with nsdId {nsd} is onboarded; onboard it first (GET /nsd/v2/ns_descriptors lists those there are).",
        )
    info = request.tx.get(onboarded.NSDS, found, lock=True)
    if info.body["nsdOperationalState"] != "ENABLED":
        raise Problem(409, f"NSD {nsd} ({found}) is DISABLED; enable it first.")
    id = documents.new_id()
    document = request.tx.add(
        KIND,
        id,
        {
            "id": id,
            "nsInstanceName": request.body["nsName"],
            "nsInstanceDescription": request.body["nsDescription"],
            "nsdId": nsd,
            "nsdInfoId": found,
            "nsState": "NOT_INSTANTIATED",
        },
        owner=found,
    )
    _use(request.tx, found)
    notifications.owe(
        request.tx,
        "nslcm",
        {"notificationType": "NsIdentifierCreationNotification", "nsInstanceId": id},
        {"nsInstance": f"/ns_instances/{id}"},
    )
    return Reply(
        201,
        _shown(document, request),
        {"Location": f"/ns_instances/{id}", **etags.header(document)},
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = request.tx.get(KIND, request.params["nsInstanceId"])
    return etags.individual(request, document, _shown(document, request))


def delete(request: Request) -> Reply:
    """DELETE: 204; 409 while INSTANTIATED or an operation runs."""
    document = _free(request)
    etags.check_if_match(request, document)
    _require(document, "NOT_INSTANTIATED", "delete")
    if document.body.get("_resources"):
        raise Problem(
            409,
            f"NS instance {document.id} still has what an instantiation that failed has left; terminate it first.",
        )
    request.tx.remove(document)
    _use(request.tx, document.body["nsdInfoId"])
    notifications.owe(
        request.tx,
        "nslcm",
        {"notificationType": "NsIdentifierDeletionNotification", "nsInstanceId": document.id},
        {"nsInstance": f"/ns_instances/{document.id}"},
    )
    return Reply(204)


def instantiate(request: Request) -> Reply:
    """POST …/instantiate: 202; 422 for a flavour the NSD has not, 409 in the wrong state."""
    document = _free(request)
    _require(document, "NOT_INSTANTIATED", "instantiate")
    if document.body.get("_resources"):
        raise Problem(
            409,
            f"NS instance {document.id} still has what an instantiation that failed has left; terminate it first.",
        )
    nsd = onboarded.nsd(request.tx, document.body["nsdInfoId"])
    if request.body["nsFlavourId"] not in nsd.flavours:
        raise Problem(
            422,
            f"NSD {nsd.name} has no flavour {request.body['nsFlavourId']!r}; it has {', '.join(sorted(nsd.flavours))}.",
        )
    flavour = nsd.flavours[request.body["nsFlavourId"]]
    beyond_reach = [
        *_beyond_reach(flavour, request.body.get("nsInstantiationLevelId")),
        *_affinity_refusals(request.tx, flavour),
    ]
    if beyond_reach:
        raise Problem(422, f"NSD {nsd.name}: {'; '.join(beyond_reach)}.")
    return _start(request, instantiation.PLAN, "INSTANTIATE", document)


def terminate(request: Request) -> Reply:
    """POST …/terminate: 202; also ends what an instantiation that failed has left."""
    document = _free(request)
    if not document.body.get("_resources"):
        _require(document, "INSTANTIATED", "terminate")
    return _start(request, termination.PLAN, "TERMINATE", document)


def _beyond_reach(df: model.NsDf, level: str | None) -> list[str]:
    """What the flavour at an NS level asks for that is not done yet; nothing of it is left out
    silently."""
    try:
        numbers = resources.profiles(df, level)
    except ValueError as error:
        return [str(error)]
    return [
        *(
            f"nested NS {name}: network services in network services are not instantiated yet"
            for name in df.ns_profiles
        ),
        *(f"PNF {name}: PNFs are not connected yet" for name in df.pnf_profiles),
        *(
            f"VNF profile {name} is to have {number} instances; one of each is what can be made yet"
            for name, number in numbers.items()
            if number != 1 and name in df.vnf_profiles
        ),
    ]


def _affinity_refusals(tx: store.Transaction, df: model.NsDf) -> Iterator[str]:
    """Which affinity rules of NSD and VNFDs no placement keeps, and why."""
    yield from vnfcs.refusals(df)
    for profile in df.vnf_profiles.values():
        package = onboarded.by_vnfd_id(tx, profile.vnfd_id)
        flavours = onboarded.vnfd(tx, package).flavours if package else {}
        if profile.flavour in flavours:
            for reason in vnfcs.refusals(flavours[profile.flavour]):
                yield f"VNF profile {profile.id}, {reason}"


def _start(request: Request, plan: lcm.Plan, operation: str, document: store.Document) -> Reply:
    occurrence = occurrences.start(request.tx, plan, operation, document, request.body or {})
    return Reply(202, None, {"Location": f"/ns_lcm_op_occs/{occurrence.id}"})


def _free(request: Request) -> store.Document:
    """The instance, locked; Problem 409 while an operation runs on it."""
    document = request.tx.get(KIND, request.params["nsInstanceId"], lock=True)
    occurrences.check_free(document)
    return document


def _require(document: store.Document, state: str, to: str) -> None:
    if document.body["nsState"] != state:
        raise Problem(
            409,
            f"NS instance {document.id} is {document.body['nsState']}; to {to} it, it must be {state}.",
        )


def _use(tx: store.Transaction, nsd: str) -> None:
    """The NSD and the VNF packages it names are IN_USE while there is an instance of it."""
    document = tx.look(onboarded.NSDS, nsd, lock=True)
    if document is None:
        return
    used = bool(tx.find(KIND, owner=nsd, limit=1))
    if document.body["nsdUsageState"] != (state := "IN_USE" if used else "NOT_IN_USE"):
        document.body["nsdUsageState"] = state
        tx.put(document)
        for package in sorted(document.body["vnfPkgIds"]):
            _use_package(tx, package)


def _use_package(tx: store.Transaction, id: str) -> None:
    package = tx.look(onboarded.PACKAGES, id, lock=True)
    if package is None:
        return
    using = {"nsdUsageState": "IN_USE", "vnfPkgIds": [id]}
    users = tx.containing(onboarded.NSDS, using, limit=1)
    if package.body["usageState"] != (state := "IN_USE" if users else "NOT_IN_USE"):
        package.body["usageState"] = state
        tx.put(package)


def _shown(document: store.Document, request: Request) -> dict[str, Any]:
    own = f"{request.base}/ns_instances/{document.id}"
    actions = ("instantiate",) if document.body["nsState"] == "NOT_INSTANTIATED" else ("terminate",)
    return documents.shown(
        document.body, {"self": own, **{action: f"{own}/{action}" for action in actions}}
    )
