# SPDX-License-Identifier: Apache-2.0
"""Terminate NS (SOL005 6.4.8): paths, VNFs, SAPs, links. There is no way back."""

from __future__ import annotations

from typing import Any

from descriptors import model
from mano import lcm
from mano.vim import asks
from nfvo import onboarding
from nfvo.lcm import occurrences, vnfs
from nfvo.peers import vims

GONE = frozenset({404})


def _instance(op: lcm.Operation) -> dict[str, Any]:
    return op.tx.get("ns_instances", op.occurrence["nsInstanceId"]).body


def _remove(kind: str) -> Any:
    def work(op: lcm.Operation) -> None:
        made = _instance(op)["_resources"]
        connection = vims.connection(op.tx.get(vims.KIND, made["vim"]).body)
        op.ask_all([asks.terminate(connection, kind, name) for name in made[kind]], GONE)

    return work


def _flavour(op: lcm.Operation, instance: dict[str, Any]) -> model.NsDf:
    return onboarding.ns_flavour(op.tx, instance["nsdInfoId"], instance["_resources"]["flavour"])


def _vnfs(op: lcm.Operation) -> None:
    """Also finds the VNFs of an instantiation that failed while it made them."""
    instance = _instance(op)
    op.memo["vnfs"] = vnfs.of(op, instance, _flavour(op, instance))
    vnfs.remove(op, list(op.memo["vnfs"].values()))


def _record(op: lcm.Operation) -> None:
    """The instance is NOT_INSTANTIATED again and can be instantiated anew or deleted."""
    instance = op.tx.get("ns_instances", op.occurrence["nsInstanceId"], lock=True)
    profiles = _flavour(op, instance.body).vnf_profiles
    for name in (
        "vnfInstance",
        "virtualLinkInfo",
        "sapInfo",
        "vnffgInfo",
        "_resources",
        "_vnfs",
        "_created_by",
    ):
        instance.body.pop(name, None)
    occurrences.move_instance(instance, "NOT_INSTANTIATED")
    op.tx.put(instance)
    op.occurrence["resourceChanges"] = {
        "affectedVnfs": [
            {
                "vnfInstanceId": vnf,
                "vnfdId": profiles[profile].vnfd_id,
                "vnfProfileId": profile,
                "vnfName": profile,
                "changeType": "TERMINATE",
                "changeResult": "COMPLETED",
            }
            for profile, vnf in op.memo["vnfs"].items()
        ]
    }
    op.save()


PLAN = lcm.Plan(
    "terminate",
    (
        lcm.Step("paths", _remove("path")),
        lcm.Step("vnfs", _vnfs),
        lcm.Step("saps", _remove("port")),
        lcm.Step("links", _remove("network")),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
    can_roll_back=False,
)
