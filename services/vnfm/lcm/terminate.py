# SPDX-License-Identifier: Apache-2.0
"""Terminate VNF (SOL003 5.4.8): to nothing, from whatever stands. There is no way back."""

from __future__ import annotations

from mano import lcm
from mano.composition import KINDS
from mano.lcm import force, ledger, legs
from mano.sol.documents import Body
from mano.vim import cleanup
from vnfm import info
from vnfm.lcm import adopting, change, occurrences
from vnfm.lcm.actor import VnfActor
from vnfm.lcm.change import Memo, Operation
from vnfm.peers import nfvo


def _aim(op: Operation) -> None:
    adopting.adopt(op.tx, change.instance(op))
    change.aim(op, None)


def _grant(op: Operation) -> None:
    """Asks the NFVO (SOL003 9.4.2.3.1); by force it is waited for only so long."""
    request = change.grant_request(op)
    granted: Body | None
    if forced := _force(op):
        granted = force.within(op, "grant", forced.patience, lambda: nfvo.grant(op, request))
    else:
        granted = nfvo.grant(op, request)
    if granted is not None:
        op.occurrence["grantId"] = granted["id"]
    occurrences.enter(op, "PROCESSING", None)


def _remove(op: Operation) -> None:
    """Nothing of it is left; by force: each thing was asked for, and a cleanup goes on."""
    if (forced := _force(op)) is None:
        change.pursue(op)
        return
    path = legs.get(op.tx, op.id)
    [leg] = path.legs
    rows = ledger.rows(op.tx, leg.instance)
    actor = VnfActor(change.instance(op).body)
    for kind in reversed(KINDS) if rows else ():
        names = [actor.name(row) for row in rows.values() if row.kind == kind]
        cleanup.remove(op, actor.vim, kind, names, forced)
    for document in ledger.documents(op.tx, leg.instance):
        op.tx.remove(document)
    leg.at = len(leg.goals)
    path.save(op.tx)


def _force(op: Operation) -> force.Force | None:
    return force.of(op.occurrence["operationParams"].get("additionalParams"))


def _record(op: Operation) -> None:
    """The instance is NOT_INSTANTIATED again and can be instantiated anew or deleted."""
    document = change.instance(op, lock=True)
    occurrences.move_instance(document, "NOT_INSTANTIATED")
    made_of = document.body.get("instantiatedVnfInfo", {})
    for name in ("instantiatedVnfInfo", "vimConnectionInfo", "_placement", "_resources"):
        document.body.pop(name, None)
    op.tx.put(document)
    occurrences.tell(op, document)
    op.occurrence["resourceChanges"] = info.changes(made_of, {})
    op.save()


PLAN = lcm.Plan[Memo](
    "terminate",
    (
        lcm.Step("aim", _aim),
        lcm.Step("grant", _grant),
        lcm.Step("pursue", _remove),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
    can_roll_back=False,
)
