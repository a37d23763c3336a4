# SPDX-License-Identifier: Apache-2.0
"""NS instances (SOL005 6.4.2 to 6.4.8)."""

from __future__ import annotations

from descriptors import model
from mano import notifications, store
from mano.lcm import force
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing
from mano.rest.instances import Instances
from mano.sol import documents, vnf_parameters
from mano.sol.documents import Body
from nfvo import network_service, onboarded, reach, usage
from nfvo.lcm import instantiate as instantiation
from nfvo.lcm import occurrences
from nfvo.lcm import terminate as termination

KIND = occurrences.INSTANCES
INSTANTIATION = (  # what of InstantiateNsRequest is carried out
    "nsFlavourId",
    "nsInstantiationLevelId",
    "additionalParamsForNs",
    "additionalParamsForVnf",
)
_instances = Instances(occurrences.NS)
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
    """POST: 201 with an instance that is NOT_INSTANTIATED.

    422 for an NSD that is not onboarded, 409 for a DISABLED one."""
    nsd = _enabled_nsd(request.tx, request.body["nsdId"])
    id = documents.new_id()
    body = {
        "id": id,
        "nsInstanceName": request.body["nsName"],
        "nsInstanceDescription": request.body["nsDescription"],
        "nsdId": request.body["nsdId"],
        "nsdInfoId": nsd,
        "nsState": "NOT_INSTANTIATED",
        "_filterWords": _constituents(onboarded.nsd(request.tx, nsd)),
    }
    instance = request.tx.add(KIND, id, body, owner=nsd)
    usage.update(request.tx, nsd)
    _notify(request.tx, instance, "NsIdentifierCreationNotification")
    headers = {"Location": f"/ns_instances/{id}", **etags.header(instance)}
    return Reply(201, _shown(instance, request), headers)


def read(request: Request) -> Reply:
    """GET of one."""
    instance = request.tx.get(KIND, request.params["nsInstanceId"])
    return etags.individual(request, instance, _shown(instance, request))


def delete(request: Request) -> Reply:
    """DELETE: 204; 409 while INSTANTIATED or an operation runs."""
    instance = _instances.free(request)
    etags.check_if_match(request, instance)
    occurrences.NS.check_clean(instance, "delete")
    occurrences.NS.remove(request.tx, instance)
    usage.update(request.tx, instance.body["nsdInfoId"])
    _notify(request.tx, instance, "NsIdentifierDeletionNotification")
    return Reply(204)


def instantiate(request: Request) -> Reply:
    """POST …/instantiate: 202; 409 in the wrong state.

    422 for a flavour the NSD has not or that is out of reach."""
    instance = _instances.free(request)
    occurrences.NS.check_clean(instance, "instantiate")
    _instances.check_carried_out(request, INSTANTIATION)
    nsd = onboarded.nsd(request.tx, instance.body["nsdInfoId"])
    flavour = nsd.flavours.get(request.body["nsFlavourId"])
    if flavour is None:
        raise Problem(
            422,
            f"NSD {nsd.name} has no flavour {request.body['nsFlavourId']!r}; it has "
            f"{', '.join(sorted(nsd.flavours))}.",
        )
    beyond_reach = reach.beyond(request.tx, flavour, request.body.get("nsInstantiationLevelId"))
    if beyond_reach:
        raise Problem(422, f"NSD {nsd.name}: {'; '.join(beyond_reach)}.")
    sources = network_service.sources(request.tx, instance.body["nsdInfoId"], flavour.id)
    ns = network_service.read(request.tx, sources)
    ns.check()
    _check_parameters(ns, request.body)
    return _instances.start(request, instantiation.PLAN, "INSTANTIATE", instance)


def _check_parameters(ns: network_service.NetworkService, request: Body) -> None:
    """Problem 422 for parameters that nobody reads: of the NS all but the VIM, of VNFs all but
    additionalParams, of VNF profiles that are not there, and under a name of ours."""
    for_ns = request.get("additionalParamsForNs") or {}
    _check_names("additionalParamsForNs", for_ns, ("vimId",))
    if not isinstance(for_ns.get("vimId", ""), str):
        raise Problem(422, "The vimId in additionalParamsForNs is the id of a VIM, in quotes.")
    for item in request.get("additionalParamsForVnf") or []:
        if item["vnfProfileId"] not in ns.vnfs:
            raise Problem(
                422,
                f"additionalParamsForVnf names the VNF profile {item['vnfProfileId']!r}; flavour "
                f"{ns.flavour.id} has {', '.join(sorted(ns.vnfs))}.",
            )
        _check_names("additionalParamsForVnf", item, ("vnfProfileId", "additionalParams"))
        vnf_parameters.check_free(item.get("additionalParams") or {})


def _check_names(what: str, parameters: Body, known: tuple[str, ...]) -> None:
    names = {name for name, value in parameters.items() if value not in (None, [], {})}
    if unknown := sorted(names - set(known)):
        raise Problem(
            422, f"{what} has {', '.join(unknown)}; what is read is {' and '.join(known)}."
        )


def terminate(request: Request) -> Reply:
    """POST …/terminate: 202; also ends what an instantiation that failed has left.

    As the last resort (additionalParamsforNs: `mano.lcm.force`) whatever runs on it."""
    instance = _instances.to_end(request, lambda: _read_force(request))
    return _instances.start(request, termination.PLAN, "TERMINATE", instance)


def _read_force(request: Request) -> force.Force | None:
    _instances.check_carried_out(request, ("terminateNsData",))
    data = (request.body or {}).get("terminateNsData") or {}
    return force.of(data.get("additionalParamsforNs"))


def _enabled_nsd(tx: store.Transaction, nsd_id: str) -> str:
    """The NSD with that nsdId, locked so that it stays."""
    nsd = onboarded.by_nsd_id(tx, nsd_id)
    if nsd is None:
        raise Problem(
            422,
            f"No NSD with nsdId {nsd_id} is onboarded; onboard it first (GET "
            "/nsd/v2/ns_descriptors lists those there are).",
        )
    info = tx.get(onboarded.NSDS, nsd, lock=True)
    if info.body["nsdOperationalState"] != "ENABLED":
        raise Problem(409, f"NSD {nsd_id} ({nsd}) is DISABLED; enable it first.")
    return nsd


def _constituents(nsd: model.Nsd) -> Body:
    """Of what a network service is made, in the words of filters: before it is, and after."""
    flavours = nsd.flavours.values()
    return {
        "vnfdIds": sorted({vnf.vnfd_id for df in flavours for vnf in df.vnf_profiles.values()}),
        "pnfdIds": sorted({pnf.pnfd_id for df in flavours for pnf in df.pnf_profiles.values()}),
    }


def _notify(tx: store.Transaction, instance: store.Document, notification: str) -> None:
    body = {"notificationType": notification, "nsInstanceId": instance.id}
    links = {"nsInstance": f"/ns_instances/{instance.id}"}
    notifications.owe(tx, "nslcm", body, links, occurrences.filter_words(instance))


def _shown(instance: store.Document, request: Request) -> Body:
    url = f"{request.base}/ns_instances/{instance.id}"
    action = "instantiate" if instance.body["nsState"] == "NOT_INSTANTIATED" else "terminate"
    return documents.shown(instance.body, {"self": url, action: f"{url}/{action}"})
