# SPDX-License-Identifier: Apache-2.0
"""What a VIM tells the VNFM unasked: computes that changed by themselves, or are not seen any more.

The message `compute_news`: {"vim", "serial", "at", "computes": [ComputeNews]}. Of two messages the
one with the higher serial is the later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict, cast

from mano import bus
from mano.sol import documents
from mano.sol.documents import Body
from mano.store import Transaction
from mano.vim.documents import State

VERB = "compute_news"


class ComputeNews(TypedDict, total=False):
    """A compute as it is now."""

    id: str  # the VIM's
    name: str  # given by the caller: an answer with the id may still be on its way
    owner: str  # the VNF instance, as in its spec
    state: State  # UNKNOWN: nobody can say, its host is silent
    reason: str  # why it is in ERROR
    detail: Body  # its place: "host", "namespace", "pid", as far as there are


def of(resource: Body, state: str = "") -> ComputeNews:
    """Of a stored compute; `state` is said in place of its own."""
    detail = resource.get("detail", {})
    news = ComputeNews(
        id=resource["id"],
        name=resource["name"],
        owner=resource["owner"],
        state=cast(State, state or resource["state"]),
        detail={key: detail[key] for key in ("host", "namespace", "pid") if detail.get(key)},
    )
    if "error" in resource:
        news["reason"] = resource["error"]["detail"]
    return news


def owe(tx: Transaction, to: str, vim: str, computes: Iterable[ComputeNews]) -> None:
    """Owes the VNFM what changed, in the transaction that has changed it."""
    told = list(computes)
    if told:
        serial = tx.next_version()
        body = {"vim": vim, "serial": serial, "at": documents.now(), "computes": told}
        tx.owe(bus.request(to, VERB, body, id=f"{VERB}/{vim}/{serial}"))
