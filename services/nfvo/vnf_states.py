# SPDX-License-Identifier: Apache-2.0
"""What the VNFM tells of VNFs: those of network services are shown as they are now, others use
their packages."""

from __future__ import annotations

from mano import store
from mano.bus import versions
from mano.sol.documents import Body
from nfvo import network_service, usage

NS_VNFS = "vnfs"  # documents by vnfInstanceId: {"nsInstanceId", …}, see `peers.vnfm`


def take(tx: store.Transaction, news: Body) -> None:
    """Takes a message `vnf_instance`: {"vnfInstanceId", "version", "vnfPkgId", "isPeers",
    "instance"}, None in place of an instance that is gone."""
    id, instance = news["vnfInstanceId"], news["instance"]
    vnf = tx.look(NS_VNFS, id)
    if vnf is None and news["isPeers"]:
        return  # its network service is gone, and with it what is known of its versions
    if not versions.take(tx, key(id), news["version"], gone=instance is None):
        return
    if vnf is not None:
        _show(tx, vnf.body["nsInstanceId"], id, instance)
    else:
        usage.note_vnf(tx, id, news["vnfPkgId"], is_there=instance is not None)


def key(vnf: str) -> str:
    """Of the versions of what is told of a VNF."""
    return f"vnf_instance/{vnf}"


def _show(tx: store.Transaction, ns: str, vnf: str, instance: Body | None) -> None:
    """The network service that is INSTANTIATED shows its VNF so."""
    document = tx.look(network_service.INSTANCES, ns, lock=True)
    if document is None or "vnfInstance" not in document.body:
        return
    others = {item["id"]: item for item in document.body["vnfInstance"]}
    if vnf in others:
        others[vnf] = instance
    document.body["vnfInstance"] = [item for item in others.values() if item is not None]
    tx.put(document)
