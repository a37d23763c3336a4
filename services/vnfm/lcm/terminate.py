# SPDX-License-Identifier: Apache-2.0
"""Terminate VNF (SOL003 5.4.8): grant, remove what the instance is made of, record. There is no way
back."""

from __future__ import annotations

from typing import Any, TypedDict

from mano import lcm
from mano.vim import asks
from vnfm.lcm import occurrences
from vnfm.peers import nfvo


class Memo(TypedDict, total=False):
    """What the operation remembers."""

    resources: dict[str, Any]  # the names under which the VIM knows them, by kind
    vim: dict[str, Any]  # the VimConnectionInfo


def _grant(op: lcm.Operation[Memo]) -> None:
    """Asks the NFVO (SOL003 9.4.2.3.1)."""
    instance = op.tx.get("vnf_instances", op.occurrence["vnfInstanceId"]).body
    op.memo["resources"] = instance["_resources"]
    op.memo["vim"] = next(iter(instance["vimConnectionInfo"].values()))
    granted = nfvo.grant(
        op,
        {
            "vnfInstanceId": instance["id"],
            "vnfLcmOpOccId": op.id,
            "vnfdId": instance["vnfdId"],
            "flavourId": instance["_resources"]["flavour"],
            "operation": "TERMINATE",
            "isAutomaticInvocation": False,
            "removeResources": [
                {
                    "id": vnfc["id"],
                    "type": "COMPUTE",
                    "resourceTemplateId": vnfc["vduId"],
                    "resource": vnfc["computeResource"],
                }
                for vnfc in _vnfcs(instance)
            ],
            "_links": occurrences.links(op),
        },
    )
    op.occurrence["grantId"] = granted["id"]
    occurrences.enter(op, "PROCESSING", None)


def _remove(kind: str) -> Any:
    def work(op: lcm.Operation[Memo]) -> None:
        op.ask_all(
            [asks.terminate(op.memo["vim"], kind, name) for name in op.memo["resources"][kind]],
            asks.GONE,
        )

    return work


def _vnfcs(instance: dict[str, Any]) -> list[dict[str, Any]]:
    """The VNFCs; none are known of an instantiation that was given up."""
    found: list[dict[str, Any]] = instance.get("instantiatedVnfInfo", {}).get(
        "vnfcResourceInfo", []
    )
    return found


def _record(op: lcm.Operation[Memo]) -> None:
    """The instance is NOT_INSTANTIATED again and can be instantiated anew or deleted."""
    instance = op.tx.get("vnf_instances", op.occurrence["vnfInstanceId"], lock=True)
    removed = _vnfcs(instance.body)
    occurrences.move_instance(instance, "NOT_INSTANTIATED")
    for name in ("instantiatedVnfInfo", "vimConnectionInfo", "_resources"):
        instance.body.pop(name, None)
    op.tx.put(instance)
    op.occurrence["resourceChanges"] = {
        "affectedVnfcs": [
            {
                "id": vnfc["id"],
                "vduId": vnfc["vduId"],
                "changeType": "REMOVED",
                "computeResource": vnfc["computeResource"],
            }
            for vnfc in removed
        ]
    }
    op.save()


PLAN = lcm.Plan[Memo](
    "terminate",
    (
        lcm.Step("grant", _grant),
        lcm.Step("compute", _remove("compute")),
        lcm.Step("networks", _remove("network")),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
    can_roll_back=False,
)
