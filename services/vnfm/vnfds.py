# SPDX-License-Identifier: Apache-2.0
"""The VNFDs that the NFVO has told of.

Each becomes a model once per process, for an onboarded package never changes."""

from __future__ import annotations

from descriptors import model
from mano import store
from mano.problems import Problem
from mano.sol.documents import Body
from vnfm.peers import nfvo

REMEMBERED = 256
_models: dict[tuple[str, str], model.Vnfd] = {}  # by VNFD and VNF package


def is_known(tx: store.Transaction, instance: Body) -> bool:
    """Whether the package of a VNF instance is still there."""
    document = tx.look(nfvo.VNFDS, instance["vnfdId"])
    return document is not None and document.body["vnfPkgId"] == instance["vnfPkgId"]


def of(tx: store.Transaction, instance: Body) -> model.Vnfd:
    """The VNFD of a VNF instance; Problem 409 if its package is gone."""
    vnfd, package = instance["vnfdId"], instance["vnfPkgId"]
    if (vnfd, package) in _models:
        return _models[vnfd, package]
    if not is_known(tx, instance):
        raise Problem(
            409,
            f"VNF {instance['id']} is of VNF package {package} (vnfdId {vnfd}), which was deleted. "
            "Onboard it, delete the VNF and create another.",
        )
    return read(tx.get(nfvo.VNFDS, vnfd))


def read(document: store.Document) -> model.Vnfd:
    """The VNFD that a document of the kind VNFDS holds."""
    key = (document.id, document.body["vnfPkgId"])
    if key not in _models:
        if len(_models) >= REMEMBERED:
            _models.clear()
        _models[key] = model.vnfd(document.body["model"])
    return _models[key]
