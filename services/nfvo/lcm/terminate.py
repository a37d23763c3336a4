# SPDX-License-Identifier: Apache-2.0
"""Terminate NS (SOL005 6.4.8): paths, VNFs, SAPs, links. There is no way back."""

from __future__ import annotations

from mano import lcm
from nfvo import network_service, ns_info
from nfvo.lcm import links, occurrences, vnfs, vnfs_by_force
from nfvo.lcm.memos import VnfsMemo

Operation = lcm.Operation[VnfsMemo]
WHILE_INSTANTIATED = (
    "vnfInstance",
    "virtualLinkInfo",
    "sapInfo",
    "vnffgInfo",
    "_resources",
    "_vnfs",
    "_created_by",
)


def _vnfs(op: Operation) -> None:
    """Also finds the VNFs of an instantiation that failed while it made them."""
    instance = op.tx.get(network_service.INSTANCES, op.occurrence["nsInstanceId"]).body
    profiles = network_service.profiles(op.tx, instance)
    if forced := links.forced(op):
        op.memo["vnfs"] = vnfs_by_force.remove(op, instance, profiles, forced.patience)
    else:
        op.memo["vnfs"] = vnfs.of(op, instance, profiles)
        vnfs.remove(op, list(op.memo["vnfs"].values()))


def _record(op: Operation) -> None:
    """The instance is NOT_INSTANTIATED again and can be instantiated anew or deleted."""
    instance = op.tx.get(network_service.INSTANCES, op.occurrence["nsInstanceId"], lock=True)
    profiles = network_service.profiles(op.tx, instance.body)
    for name in WHILE_INSTANTIATED:
        instance.body.pop(name, None)
    occurrences.move_instance(instance, "NOT_INSTANTIATED")
    op.tx.put(instance)
    affected = ns_info.affected_vnfs(profiles, op.memo["vnfs"], "TERMINATE")
    op.occurrence["resourceChanges"] = {"affectedVnfs": affected}
    op.save()


PLAN = lcm.Plan[VnfsMemo](
    "terminate",
    (
        lcm.Step("paths", links.remove("path")),
        lcm.Step("vnfs", _vnfs),
        lcm.Step("saps", links.remove("port")),
        lcm.Step("links", links.remove("network")),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
    can_roll_back=False,
)
