# SPDX-License-Identifier: Apache-2.0
"""The VNFM as the NFVO's peer: SOL003's operations asked of it, its notifications taken."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypedDict

from mano import bus, lcm
from mano.bus.receiver import Response, Verb
from mano.sol import states
from mano.sol.documents import Body
from mano.store import Document, Store, Transaction
from nfvo import reservations, vnf_states

VNFM = "vnfm"
# Documents by vnfInstanceId: {"nsInstanceId", "profile", "operations": {id: {"operation", "state",
# "version", "error"}}}
KIND = vnf_states.NS_VNFS


class News(TypedDict, total=False):
    """What was last heard of an operation on a VNF."""

    operation: str
    state: str
    version: int
    error: Body | None


def ask(method: str, path: str, body: object, key: str, what: str, id: str = "") -> lcm.Ask:
    """A SOL003 request to the VNFM."""
    return lcm.Ask(VNFM, f"{method} /vnflcm/v2{path}", body, key, what, id=id)


def verbs(store: Store) -> dict[str, Verb]:
    """What the VNFM tells the NFVO unasked."""
    return {
        "vnflcm_notification": functools.partial(_in_transaction, store, take),
        "vnf_instance": functools.partial(_in_transaction, store, vnf_states.take),
    }


def _in_transaction(
    store: Store, take: Callable[[Transaction, Body], None], message: bus.Message
) -> Response:
    store.run(lambda tx: take(tx, message["body"]))
    return 200, {}


def take(tx: Transaction, notification: Body) -> None:
    """Notes the state of a VNF's operation; once it has ended or stopped, wakes the NS operation.

    Older news change nothing."""
    occurrence = notification["vnfLcmOpOccId"]
    vnf = tx.look(KIND, notification["vnfInstanceId"], lock=True)
    if vnf is None:  # a VNF that no network service of ours uses: what its grant had reserved
        if notification["operationState"] in states.ENDED:
            reservations.end(tx, occurrence)
        return
    operations: dict[str, News] = vnf.body["operations"]
    if occurrence in operations and operations[occurrence]["version"] >= notification["version"]:
        return
    operations[occurrence] = {
        "operation": notification["operation"],
        "state": notification["operationState"],
        "version": notification["version"],
        "error": notification.get("error"),
    }
    tx.put(vnf)
    if notification["operationState"] in states.STOPPED:
        _wake(tx, vnf)


def _wake(tx: Transaction, vnf: Document) -> None:
    instance = tx.look("ns_instances", vnf.body["nsInstanceId"])
    if instance is not None and (running := instance.body.get("_operation")):
        tx.signal(running, {"event": "vnf"})
