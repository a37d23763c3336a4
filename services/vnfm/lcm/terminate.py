# SPDX-License-Identifier: Apache-2.0
"""Terminate VNF (SOL003 5.4.8): grant, remove what the instance is made of, record.

There is no way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypedDict

from mano import lcm, store
from mano.lcm import force
from mano.sol.documents import Body
from mano.vim import cleanup
from mano.vim.documents import Connection
from vnfm import info, vnfc_states
from vnfm.lcm import occurrences
from vnfm.peers import nfvo


class Memo(TypedDict, total=False):
    """What the operation remembers."""

    resources: Body  # the names under which the VIM knows them, by kind
    vim: Connection | None  # None: a VNF of nothing


Operation = lcm.Operation[Memo]
NOTHING: Body = {"flavour": ""}


def _grant(op: Operation) -> None:
    """Asks the NFVO (SOL003 9.4.2.3.1)."""
    instance = _instance(op).body
    op.memo["resources"] = instance.get("_resources", NOTHING)
    op.memo["vim"] = next(iter(instance.get("vimConnectionInfo", {}).values()), None)
    grant = _granted(op, instance)
    if grant is not None:
        op.occurrence["grantId"] = grant["id"]
    occurrences.enter(op, "PROCESSING", None)


def _granted(op: Operation, instance: Body) -> Body | None:
    """The Grant; None where by force there is no waiting for it any more."""
    request = {
        "vnfInstanceId": instance["id"],
        "vnfLcmOpOccId": op.id,
        "vnfdId": instance["vnfdId"],
        "operation": "TERMINATE",
        "isAutomaticInvocation": False,
        "removeResources": [_definition(vnfc) for vnfc in _vnfcs(instance)],
        "_links": occurrences.links(op),
    }
    if flavour := op.memo["resources"]["flavour"]:
        request["flavourId"] = flavour
    if forced := _force(op):
        return force.within(op, "grant", forced.patience, lambda: nfvo.grant(op, request))
    return nfvo.grant(op, request)


def _force(op: Operation) -> force.Force | None:
    return force.of(op.occurrence["operationParams"].get("additionalParams"))


def _definition(vnfc: Body) -> Body:
    """The ResourceDefinition (SOL003 9.5.3.2) of a VNFC that is to go."""
    return {
        "id": vnfc["id"],
        "type": "COMPUTE",
        "resourceTemplateId": vnfc["vduId"],
        "resource": vnfc["computeResource"],
    }


def _remove(kind: Literal["compute", "port", "network"]) -> Callable[[Operation], None]:
    def step(op: Operation) -> None:
        if vim := op.memo["vim"]:
            names = op.memo["resources"].get(kind, [])
            cleanup.remove(op, vim, kind, names, _force(op))

    return step


def _record(op: Operation) -> None:
    """The instance is NOT_INSTANTIATED again and can be instantiated anew or deleted."""
    instance = _instance(op, lock=True)
    made_of = instance.body.get("instantiatedVnfInfo", {})
    occurrences.move_instance(instance, "NOT_INSTANTIATED")
    vnfc_states.forget(op.tx, made_of)
    for name in ("instantiatedVnfInfo", "vimConnectionInfo", "_resources"):
        instance.body.pop(name, None)
    op.tx.put(instance)
    occurrences.tell(op, instance)
    op.occurrence["resourceChanges"] = info.changes("REMOVED", made_of)
    op.save()


PLAN = lcm.Plan[Memo](
    "terminate",
    (
        lcm.Step("grant", _grant),
        lcm.Step("compute", _remove("compute")),
        lcm.Step("ports", _remove("port")),
        lcm.Step("networks", _remove("network")),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
    can_roll_back=False,
)


def _instance(op: Operation, *, lock: bool = False) -> store.Document:
    return op.tx.get(occurrences.INSTANCES, op.occurrence["vnfInstanceId"], lock=lock)


def _vnfcs(instance: Body) -> list[Body]:
    """The vnfcResourceInfo; none are known of an instantiation that was given up."""
    vnfcs: list[Body] = instance.get("instantiatedVnfInfo", {}).get("vnfcResourceInfo", [])
    return vnfcs
