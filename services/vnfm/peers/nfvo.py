# SPDX-License-Identifier: Apache-2.0
"""The NFVO as the VNFM's peer.

Grants are asked of it, notifications owed to it, VNFDs taken from it."""

from __future__ import annotations

import functools
from collections.abc import Callable

from mano import bus, lcm
from mano.bus import versions
from mano.bus.receiver import Response, Verb
from mano.sol.documents import Body
from mano.store import Store, Transaction

NFVO = "nfvo"
VNFDS = "vnfds"  # documents by vnfdId: {"vnfPkgId", "model"}
NOT_YET = frozenset({202})
PATIENCE = 5.0  # seconds until a grant that was promised is asked for


def grant(op: lcm.Operation, request: Body) -> Body:
    """The Grant for a GrantRequest (SOL003 9.4.2): at once, or later if the NFVO has to think.

    A refused one ends an operation that is STARTING, for nothing was done yet (SOL003 5.6.2.2)."""
    try:
        return _ask(op, request)
    except lcm.Failed as refusal:
        if op.occurrence["operationState"] != "STARTING":
            raise
        problem = refusal.problem
        raise lcm.Failed(problem["status"], problem["detail"], ends="ROLLED_BACK") from refusal


def _ask(op: lcm.Operation, request: Body) -> Body:
    answer = op.ask(lcm.Ask(NFVO, "POST /or-vnfm/grant/v1/grants", request, "grant", "grant"))
    if answer.status == 202:
        # The NFVO pushes this answer when it has decided; asking is for when that takes long.
        later = f"GET /or-vnfm/grant/v1/grants/{answer.resource}"
        answer = op.ask(
            lcm.Ask(NFVO, later, None, "granted", "grant", again=NOT_YET, later=PATIENCE)
        )
    grant: Body = answer.body
    return grant


def notify(tx: Transaction, notification: Body) -> None:
    """Owes the NFVO a notification of vnflcm (SOL003 5.5.2.17)."""
    id = f"notification/{notification['id']}"
    tx.owe(bus.request(NFVO, "vnflcm_notification", notification, id=id))


def tell_of_vnf(tx: Transaction, news: Body) -> None:
    """Owes the NFVO what a VNF, whose row is held, is like now (`vnf_instance`)."""
    version = tx.next_version()
    id = f"vnf_instance/{news['vnfInstanceId']}/{version}"
    tx.owe(bus.request(NFVO, "vnf_instance", {**news, "version": version}, id=id))


def verbs(store: Store) -> dict[str, Verb]:
    """What the NFVO tells the VNFM unasked."""
    return {
        "vnfd": functools.partial(_in_transaction, store, _take_vnfd),
        "vnfd_removed": functools.partial(_in_transaction, store, _forget_vnfd),
    }


def _in_transaction(
    store: Store, take: Callable[[Transaction, Body], None], message: bus.Message
) -> Response:
    store.run(lambda tx: take(tx, message["body"]))
    return 200, {}


def _take_vnfd(tx: Transaction, body: Body) -> None:
    if not _is_news(tx, body):
        return
    document = tx.look(VNFDS, body["vnfdId"], lock=True)
    if document is None:
        tx.add(VNFDS, body["vnfdId"], body)
    else:
        document.body = body
        tx.put(document)


def _forget_vnfd(tx: Transaction, body: Body) -> None:
    document = tx.look(VNFDS, body["vnfdId"], lock=True)
    if _is_news(tx, body, gone=True) and document is not None:
        tx.remove(document)


def _is_news(tx: Transaction, body: Body, gone: bool = False) -> bool:
    key = f"{VNFDS}/{body['vnfdId']}"
    return versions.take(tx, key, body.get("version", 0), gone=gone)
