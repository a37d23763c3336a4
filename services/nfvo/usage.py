# SPDX-License-Identifier: Apache-2.0
"""Which NSDs and VNF packages are IN_USE: those of which there are instances, NS or VNF."""

from __future__ import annotations

from mano import store
from nfvo import network_service, onboarded
from nfvo.package_kinds import NSD, VNF_PACKAGE

VNFS = "other_vnfs"  # documents by vnfInstanceId, owned by the VNF package


def update(tx: store.Transaction, nsd: str) -> None:
    """After an instance of the NSD was made or deleted: its state and its VNF packages'."""
    info = tx.look(onboarded.NSDS, nsd, lock=True)
    if info is None:
        return
    instances = tx.find(network_service.INSTANCES, owner=nsd, limit=1)
    if _enter(tx, info, NSD.usage, bool(instances)):
        for package in sorted(info.body["vnfPkgIds"]):
            _update_package(tx, package)


def note_vnf(tx: store.Transaction, vnf: str, package: str, is_there: bool) -> None:
    """A VNF that no network service of ours has was made of a package, or is gone."""
    document = tx.look(VNFS, vnf, lock=True)
    if is_there and document is None:
        tx.add(VNFS, vnf, {"vnfPkgId": package}, owner=package)
    elif not is_there and document is not None:
        tx.remove(document)
    _update_package(tx, package)


def _update_package(tx: store.Transaction, id: str) -> None:
    package = tx.look(onboarded.PACKAGES, id, lock=True)
    if package is None:
        return
    using = {NSD.usage: "IN_USE", "vnfPkgIds": [id]}
    users = tx.containing(onboarded.NSDS, using, limit=1) or tx.find(VNFS, owner=id, limit=1)
    _enter(tx, package, VNF_PACKAGE.usage, bool(users))


def _enter(tx: store.Transaction, document: store.Document, attribute: str, used: bool) -> bool:
    """Whether that is another state than before."""
    state = "IN_USE" if used else "NOT_IN_USE"
    if document.body[attribute] == state:
        return False
    document.body[attribute] = state
    tx.put(document)
    return True
