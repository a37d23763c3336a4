# SPDX-License-Identifier: Apache-2.0
"""What VIMs tell of VNFCs: the VNF instances say it, and the NFVO hears of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mano import store
from mano.bus import versions
from mano.sol.documents import Body
from mano.vim.news import ComputeNews
from vnfm import instances

INSTANCES = "vnf_instances"
STOPPED = ("ERROR", "BUILDING", "TERMINATING")  # of the VIM; UNKNOWN says nothing


def take(tx: store.Transaction, base: str, message: Body) -> None:
    """Takes a message `compute_news`; `base` is the root of the API."""
    by_owner: dict[str, list[ComputeNews]] = defaultdict(list)
    for news in message["computes"]:
        by_owner[news["owner"]].append(news)
    for owner in sorted(by_owner):
        instance = tx.look(INSTANCES, owner, lock=True)
        if instance is not None and "instantiatedVnfInfo" in instance.body:
            _note(tx, base, instance, message, by_owner[owner])


def forget(tx: store.Transaction, info: Body) -> None:
    """The VNFCs are gone: what comes late of them changes nothing."""
    for vnfc in info.get("vnfcResourceInfo", []):
        versions.end(tx, _key(vnfc["computeResource"]["resourceId"]))


def _note(
    tx: store.Transaction,
    base: str,
    instance: store.Document,
    message: Body,
    computes: Iterable[ComputeNews],
) -> None:
    info = instance.body["instantiatedVnfInfo"]
    by_id = {vnfc["computeResource"]["resourceId"]: vnfc for vnfc in info["vnfcResourceInfo"]}
    for news in computes:
        vnfc = by_id.get(news["id"])
        if vnfc is not None and versions.take(tx, _key(news["id"]), message["serial"]):
            _apply(info, vnfc, news, message["at"])
    states = [vnfc["vnfcState"] for vnfc in info["vnfcInfo"]]
    info["vnfState"] = "STARTED" if "STARTED" in states or not states else "STOPPED"
    tx.put(instance)
    if instance.body.get("_peer"):
        instances.tell(tx, instance, base)


def _apply(info: Body, vnfc: Body, news: ComputeNews, at: str) -> None:
    """A VNFC is as the VIM says; while nobody can say, it is STARTED or STOPPED as it was."""
    vnfc["metadata"] = {**news["detail"], "state": news["state"], "observedAt": at}
    if "reason" in news:
        vnfc["metadata"]["reason"] = news["reason"]
    if news["state"] == "UNKNOWN":
        return
    for item in info["vnfcInfo"]:
        if item["vnfcResourceInfoId"] == vnfc["id"]:
            item["vnfcState"] = "STOPPED" if news["state"] in STOPPED else "STARTED"


def _key(compute: str) -> str:
    return f"compute/{compute}"
