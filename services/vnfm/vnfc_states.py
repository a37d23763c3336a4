# SPDX-License-Identifier: Apache-2.0
"""What VIMs tell of VNFCs: the VNF instances say it, and the NFVO hears of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from mano import store
from mano.lcm import ledger
from mano.sol.documents import Body
from mano.vim.news import ComputeNews
from vnfm import info, instances

INSTANCES = "vnf_instances"


def take(tx: store.Transaction, base: str, message: Body) -> None:
    """Takes a message `compute_news`; `base` is the root of the API."""
    by_owner: dict[str, dict[str, ComputeNews]] = defaultdict(dict)
    for news in message["computes"]:
        by_owner[news["owner"]][news["id"]] = news
    for owner in sorted(by_owner):
        instance = tx.look(INSTANCES, owner, lock=True)
        if instance is not None and _note(tx, instance.id, message, by_owner[owner]):
            _show(tx, base, instance)


def _note(
    tx: store.Transaction, instance: str, message: Body, computes: Mapping[str, ComputeNews]
) -> bool:
    """The rows of the VNFCs say what was seen, also before the VNF is whole; whether any does."""
    noted = False
    by_name = {news.get("name", ""): news for news in computes.values()}
    for document in ledger.documents(tx, instance):
        detail = ledger.entry_of(document)["detail"]
        news = computes.get(detail.get("id", "")) or by_name.get(document.id)
        if news is not None and message["serial"] > detail.get("serial", 0):
            detail.update(observed=_observed(news, message["at"]), serial=message["serial"])
            tx.put(document)
            noted = True
    return noted


def _observed(news: ComputeNews, at: str) -> Body:
    seen = {**news["detail"], "state": news["state"], "observedAt": at}
    return {**seen, "reason": news["reason"]} if "reason" in news else seen


def _show(tx: store.Transaction, base: str, instance: store.Document) -> None:
    if "instantiatedVnfInfo" not in instance.body:
        return
    observed = info.observed(ledger.rows(tx, instance.id))
    info.observe(instance.body["instantiatedVnfInfo"], observed)
    tx.put(instance)
    if instance.body.get("_peer"):
        instances.tell(tx, instance, base)
