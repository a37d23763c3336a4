# SPDX-License-Identifier: Apache-2.0
"""What all operations that change what a VNF consists of have in common: the way to its new
composition, the grant for it, the walk, the record of what then is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from descriptors import model
from mano import lcm, store
from mano.composition import Composition, Part, Row, Rules
from mano.lcm import composition, ledger, legs
from mano.lcm import pursue as way
from mano.sol.documents import Body
from vnfm import info, resources, vnfds
from vnfm.build import Build
from vnfm.head import Head
from vnfm.lcm import occurrences, showing
from vnfm.lcm.actor import VnfActor
from vnfm.peers import nfvo


class Memo(TypedDict, total=False):
    """What the operation remembers; its way is stored beside."""


Operation = lcm.Operation[Memo]


def plan(name: str, aim: Callable[[Operation], None]) -> lcm.Plan[Memo]:
    """An operation on a VNF that is INSTANTIATED: where it leads, and the rest, as in all."""
    return lcm.Plan[Memo](
        name,
        (
            lcm.Step("aim", aim, record_again),
            lcm.Step("grant", grant),
            lcm.Step("pursue", pursue, go_back),
            lcm.Step("record", record),
        ),
        occurrences.enter,
        can_turn=True,
    )


def aim(
    op: Operation,
    wanted_head: Head | None,
    gone: frozenset[str] = frozenset(),
    rules: Rules | None = None,
) -> None:
    """The way to what the head says, or, without one, to nothing.

    `gone` are ids of parts that are to be replaced."""
    stored = composition.get(op.tx, op.occurrence["vnfInstanceId"])
    wanted = Composition()
    if wanted_head is not None:
        df = flavour_of(op, wanted_head)
        build = Build(df, wanted_head, stored.composition, stored.marks, stored.leases)
        wanted = build.composition()
    path = legs.begin(op.tx, op.id, rules)
    legs.add(op.tx, path, stored, wanted, gone)
    path.save(op.tx)


def grant_request(op: Operation) -> Body:
    """The GrantRequest (SOL003 9.5.2.2) of the way."""
    path = legs.get(op.tx, op.id)
    [leg], [promise] = path.legs, legs.promises(op.tx, path)
    rows = ledger.rows(op.tx, leg.instance)
    added = [part for part in promise.parts.values() if part.kind == "compute"]
    body = instance(op).body
    request: Body = {
        "vnfInstanceId": body["id"],
        "vnfLcmOpOccId": op.id,
        "vnfdId": body["vnfdId"],
        "operation": op.occurrence["operation"],
        "isAutomaticInvocation": False,
        "addResources": [_addition(part) for part in added if part.name in promise.add],
        "removeResources": [
            _removal(rows[name]) for name in promise.remove if rows[name].kind == "compute"
        ],
        "_links": occurrences.links(op),
    }
    if flavour := (leg.target.head or leg.former.head).get("flavour"):
        request["flavourId"] = flavour
    return request


def grant(op: Operation) -> None:
    """Asks the NFVO (SOL003 9.4.2.3.1); what it grants is the VNF's place from now on."""
    take_grant(op, nfvo.grant(op, grant_request(op)))
    occurrences.enter(op, "PROCESSING", None)


def take_grant(op: Operation, granted: Body) -> None:
    """Notes where VNFCs go and which images they start from, beside what was granted before."""
    document = instance(op, lock=True)
    placement = document.body.setdefault("_placement", {"zones": {}, "images": {}})
    for resource in granted.get("addResources", []):
        placement["zones"][resource["resourceDefinitionId"]] = resource.get("zoneId")
    for image in granted.get("vimAssets", {}).get("softwareImages", []):
        placement["images"][image["vnfdSoftwareImageId"]] = image["vimSoftwareImageId"]
    connections = document.body.setdefault("vimConnectionInfo", {})
    connections |= granted.get("vimConnectionInfo", {})
    op.tx.put(document)
    op.occurrence["grantId"] = granted["id"]


def pursue(op: Operation) -> None:
    """The VNF becomes what it is to be."""
    way.pursue(op, VnfActor(instance(op).body))


def go_back(op: Operation) -> None:
    """The VNF becomes what it was."""
    way.pursue(op, VnfActor(instance(op).body), back=True)


def record(op: Operation) -> None:
    """The instance says what it is made of, the occurrence what was done."""
    document = instance(op, lock=True)
    before = document.body.get("instantiatedVnfInfo", {})
    record_again(op)
    occurrences.tell(op, document)
    after = document.body["instantiatedVnfInfo"]
    op.occurrence["resourceChanges"] = info.changes(before, after)
    op.save()


def record_again(op: Operation) -> None:
    """After a rollback: what is restored may be other resources than before."""
    [leg] = legs.get(op.tx, op.id).legs
    showing.show(op.tx, instance(op, lock=True), leg.last)


def flavour_of(op: Operation, own: Head) -> model.VnfDf:
    """The deployment flavour that a head names."""
    return resources.flavour(vnfds.of(op.tx, instance(op).body), own.flavour)


def instance(op: Operation, *, lock: bool = False) -> store.Document:
    """The VNF instance."""
    return op.tx.get(occurrences.INSTANCES, op.occurrence["vnfInstanceId"], lock=lock)


def _addition(part: Part) -> Body:
    """The ResourceDefinition (SOL003 9.5.3.2) of a VNFC that is to come; its id is the VNFC's."""
    vdu = part.hard["vdu"]
    return {"id": part.id, "type": "COMPUTE", "vduId": vdu, "resourceTemplateId": vdu}


def _removal(row: Row) -> Body:
    """That of a VNFC that is to go, whole or not."""
    definition: Body = {"id": row.part, "type": "COMPUTE", "resourceTemplateId": row.template}
    if "id" in row.detail:
        definition["resource"] = {"resourceId": row.detail["id"]}
    return definition
