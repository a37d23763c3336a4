# SPDX-License-Identifier: Apache-2.0
"""VNF instances (SOL003 5.4.2 to 5.4.8)."""

from __future__ import annotations

from mano import lcm, notifications, store
from mano.lcm import composition, force
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing, merge_patch, modifications, op_occs
from mano.rest.instances import Instances
from mano.sol import documents, vnf_parameters
from mano.sol.documents import Body
from vnfm import addressing, external, head, instances, resources, vnfds
from vnfm.lcm import heal as healing
from vnfm.lcm import instantiate as instantiation
from vnfm.lcm import occurrences
from vnfm.lcm import scale as scaling
from vnfm.lcm import terminate as termination
from vnfm.peers import nfvo

KIND = occurrences.INSTANCES
CHANGED_BY_INSTANTIATION = ("vnfConfigurableProperties", "extensions")
INSTANTIATION = (  # what of InstantiateVnfRequest is carried out
    "flavourId",
    "instantiationLevelId",
    "extVirtualLinks",
    "additionalParams",
    *CHANGED_BY_INSTANTIATION,
)
SCALING = ("type", "aspectId", "numberOfSteps")
LEVEL = ("instantiationLevelId", "scaleInfo")
HEALING = ("vnfcInstanceId", "cause")
TERMINATION = ("terminationType", "additionalParams")
_instances = Instances(occurrences.VNF)
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
    """POST: 201 with an instance that is NOT_INSTANTIATED; 422 without an onboarded VNFD."""
    vnfd_id = request.body["vnfdId"]
    vnfd = request.tx.look(nfvo.VNFDS, vnfd_id)
    if vnfd is None:
        raise Problem(
            422,
            f"No VNF package with vnfdId {vnfd_id} is onboarded; onboard it at the NFVO first.",
        )
    id = documents.new_id()
    instance = request.tx.add(KIND, id, _new(request, id, vnfd))
    _tell(request, instance)
    _notify(request.tx, "VnfIdentifierCreationNotification", instance)
    return Reply(
        201,
        _shown(instance, request),
        {"Location": f"/vnf_instances/{id}", **etags.header(instance)},
    )


def read(request: Request) -> Reply:
    """GET of one."""
    instance = request.tx.get(KIND, request.params["vnfInstanceId"])
    return etags.individual(request, instance, _shown(instance, request))


def modify(request: Request) -> Reply:
    """PATCH: name, description, metadata and configurable properties (SOL003 5.4.3.3.4): 202.

    422 for what cannot be changed."""
    instance = _instances.free(request)
    etags.check_if_match(request, instance)
    modifications.check(request.body, MODIFIABLE)
    instance.body, changes = modifications.apply(instance.body, request.body)
    request.tx.put(instance)
    _tell(request, instance)
    occurrence = occurrences.record(
        request.tx, "MODIFY_INFO", instance, request.body, changedInfo=changes
    )
    return op_occs.accepted(occurrences.VNF, occurrence)


def delete(request: Request) -> Reply:
    """DELETE: 204; 409 while INSTANTIATED or an operation runs."""
    instance = _instances.free(request)
    occurrences.VNF.check_clean(instance, "delete")
    occurrences.VNF.remove(request.tx, instance)
    _tell(request, instance, gone=True)
    composition.remove(request.tx, instance.id)
    _notify(request.tx, "VnfIdentifierDeletionNotification", instance)
    return Reply(204)


def instantiate(request: Request) -> Reply:
    """POST …/instantiate: 202; 422 for an unknown flavour or level, or too few addresses."""
    instance = _instances.free(request)
    occurrences.VNF.check_clean(instance, "instantiate")
    _instances.check_carried_out(request, INSTANTIATION)
    vnfd = vnfds.of(request.tx, instance.body)
    df = resources.flavour(vnfd, request.body["flavourId"])
    vnfcs = resources.instances(df, request.body.get("instantiationLevelId"))
    addressing.check_room(df, vnfcs)
    external.check(df, vnfcs, request.body)
    if not request.peer:
        vnf_parameters.check_free(request.body.get("additionalParams") or {})
    changes = {
        name: request.body[name] for name in CHANGED_BY_INSTANTIATION if name in request.body
    }
    instance.body = merge_patch.merge(instance.body, changes)
    instance.body["_by_peer"] = request.peer
    return _instances.start(request, instantiation.PLAN, "INSTANTIATE", instance)


def scale(request: Request) -> Reply:
    """POST …/scale: 202; 422 for an aspect, or a level of it, that the flavour has not."""
    return _scale(request, scaling.PLAN, "SCALE", scaling.by_steps, SCALING)


def scale_to_level(request: Request) -> Reply:
    """POST …/scale_to_level: 202; 422 for a level that the flavour has not."""
    return _scale(request, scaling.LEVEL_PLAN, "SCALE_TO_LEVEL", scaling.to_level, LEVEL)


def heal(request: Request) -> Reply:
    """POST …/heal: 202; 422 for a VNFC that the VNF has not."""
    instance = _up(request, "heal")
    _instances.check_carried_out(request, HEALING)
    vnfcs = {vnfc["id"] for vnfc in instance.body["instantiatedVnfInfo"]["vnfcInfo"]}
    if unknown := sorted(set(request.body.get("vnfcInstanceId", [])) - vnfcs):
        known = ", ".join(sorted(vnfcs)) or "none"
        raise Problem(422, f"VNF instance {instance.id} has no VNFC {unknown[0]}, only {known}.")
    return _instances.start(request, healing.PLAN, "HEAL", instance)


def terminate(request: Request) -> Reply:
    """POST …/terminate: 202; also ends what an instantiation that was given up has left.

    As the last resort (additionalParams: `mano.lcm.force`) whatever runs on it."""
    instance = _instances.to_end(request, lambda: _read_force(request))
    instance.body["_by_peer"] = request.peer
    return _instances.start(request, termination.PLAN, "TERMINATE", instance)


def _scale(
    request: Request,
    plan: lcm.Plan,
    operation: str,
    target: scaling.Target,
    attributes: tuple[str, ...],
) -> Reply:
    """What cannot be is refused at once: levels, addresses on internal and external links."""
    instance = _up(request, "scale")
    if instance.body.get("_peer") and not request.peer:
        raise Problem(
            409,
            f"VNF instance {instance.id} is one of a network service, whose paths lead through it; "
            "only its NFVO may scale it.",
        )
    _instances.check_carried_out(request, attributes)
    former = head.load(composition.get(request.tx, instance.id).composition.head)
    df = resources.flavour(vnfds.of(request.tx, instance.body), former.flavour)
    wanted = target(df, former, request.body)
    vnfcs = wanted.vnfcs(df)
    addressing.check_room(df, vnfcs)
    external.check(df, vnfcs, {"extVirtualLinks": wanted.ext_links})
    return _instances.start(request, plan, operation, instance)


def _up(request: Request, purpose: str) -> store.Document:
    """The instance of the path, locked; Problem 409 unless it is INSTANTIATED and free."""
    instance = _instances.free(request)
    occurrences.VNF.check_state(instance, "INSTANTIATED", purpose)
    if not composition.get(request.tx, instance.id).composition.head:
        raise Problem(
            409,
            f"VNF instance {instance.id} was instantiated by a version that kept no ledger; to "
            f"{purpose} it, terminate it and instantiate it again.",
        )
    instance.body["_by_peer"] = request.peer
    return instance


def _read_force(request: Request) -> force.Force | None:
    _instances.check_carried_out(request, TERMINATION)
    return force.of(request.body.get("additionalParams"))


def _new(request: Request, id: str, vnfd: store.Document) -> Body:
    """The VnfInstance (SOL003 5.5.2.2) that a request makes; `_peer`: the NFVO leads it."""
    model = vnfds.read(vnfd)
    return {
        "id": id,
        "vnfInstanceName": request.body.get("vnfInstanceName", ""),
        "vnfInstanceDescription": request.body.get("vnfInstanceDescription", ""),
        "vnfdId": model.id,
        "vnfProvider": model.provider,
        "vnfProductName": model.product_name,
        "vnfSoftwareVersion": model.software_version,
        "vnfdVersion": model.version,
        "vnfPkgId": vnfd.body["vnfPkgId"],
        "instantiationState": "NOT_INSTANTIATED",
        "vnfConfigurableProperties": model.configurable_properties,
        "metadata": request.body.get("metadata", {}),
        "_peer": request.peer,
    }


def _tell(request: Request, instance: store.Document, gone: bool = False) -> None:
    """The NFVO hears of what others do."""
    if not request.peer:
        instances.tell(request.tx, instance, request.base, gone)


def _notify(tx: store.Transaction, notification: str, instance: store.Document) -> None:
    notifications.owe(
        tx,
        "vnflcm",
        {"notificationType": notification, "vnfInstanceId": instance.id},
        {"vnfInstance": f"/vnf_instances/{instance.id}"},
        occurrences.filter_words(instance),
    )


def _shown(instance: store.Document, request: Request) -> Body:
    return instances.shown(instance, request.base)
