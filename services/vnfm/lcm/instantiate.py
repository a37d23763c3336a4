# SPDX-License-Identifier: Apache-2.0
"""Instantiate VNF (SOL003 5.4.4): grant, networks, compute, record."""

from __future__ import annotations

import dataclasses
from typing import Literal, TypedDict, cast

from descriptors import model
from mano import lcm, store
from mano.problems import Problem
from mano.sol.documents import Body
from mano.vim import asks
from mano.vim.documents import Connection, NetworkSpec
from vnfm import computes, info, ports, resources, vnfds
from vnfm.day0 import Book
from vnfm.lcm import occurrences
from vnfm.peers import nfvo


class Memo(TypedDict, total=False):
    """What the operation remembers."""

    grant: Body  # SOL003 9.5.2.3
    networks: dict[str, computes.Network]  # by VnfVirtualLinkDesc
    ports: dict[str, Body]  # by name, what the VIM says of them
    computes: dict[str, info.Compute]  # by VNFC, "<vdu>-<index>"


Operation = lcm.Operation[Memo]


def _grant(op: Operation) -> None:
    """Asks the NFVO (SOL003 9.4.2.3.1)."""
    instance = _instance(op).body
    df = _flavour(op)
    definitions = resources.definitions(df, _request(op).get("instantiationLevelId"))
    op.memo["grant"] = nfvo.grant(
        op,
        {
            "vnfInstanceId": instance["id"],
            "vnfLcmOpOccId": op.id,
            "vnfdId": instance["vnfdId"],
            "flavourId": df.id,
            "operation": "INSTANTIATE",
            "isAutomaticInvocation": False,
            "addResources": definitions,
            "_links": occurrences.links(op),
        },
    )
    op.occurrence["grantId"] = op.memo["grant"]["id"]
    if definitions or resources.internal_links(df):
        _vim(op)
    vnfcs = [definition["id"] for definition in definitions]
    _note_resources(op, df, vnfcs)
    occurrences.enter(op, "PROCESSING", None)


def _note_resources(op: Operation, df: model.VnfDf, vnfcs: list[str]) -> None:
    """What may come to be is noted before it is: whatever happens, terminate finds it."""
    instance = _instance(op, lock=True)
    instance.body["vimConnectionInfo"] = op.memo["grant"].get("vimConnectionInfo", {})
    instance.body["_resources"] = {
        "compute": [f"{op.id}/{name}" for name in vnfcs],
        "flavour": df.id,
        "network": [f"{op.id}/{id}" for id in resources.internal_links(df)],
        "port": list(ports.names(df, _request(op), op.id, vnfcs)),
    }
    op.tx.put(instance)


def _undo_grant(op: Operation) -> None:
    instance = _instance(op, lock=True)
    for name in ("vimConnectionInfo", "_resources"):
        instance.body.pop(name, None)
    op.tx.put(instance)


def _networks(op: Operation) -> None:
    """The internal virtual links (IFA006 7.4.1.2)."""
    links = resources.internal_links(_flavour(op))
    specs: dict[str, NetworkSpec] = {
        id: {"owner": op.occurrence["vnfInstanceId"], "zone": _zone(op), **link}
        for id, link in links.items()
    }
    answers = op.ask_all(
        [asks.allocate(_vim(op), "network", f"{op.id}/{id}", spec) for id, spec in specs.items()]
    )
    op.memo["networks"] = {
        id: computes.Network(id=answer.body["id"], cidr=links[id]["cidr"])
        for id, answer in zip(links, answers, strict=True)
    }


def _undo_networks(op: Operation) -> None:
    _remove_noted(op, "network")


def _ports(op: Operation) -> None:
    """The ends of links at the VNFCs that are to come (IFA006 7.4.1.2)."""
    specs = ports.specs(computes.specs(_vnf(op)), op.id)
    answers = op.ask_all(
        [asks.allocate(_vim(op), "port", name, spec) for name, spec in specs.items()]
    )
    op.memo["ports"] = {
        name: answer.body["detail"] for name, answer in zip(specs, answers, strict=True)
    }


def _undo_ports(op: Operation) -> None:
    _remove_noted(op, "port")


def _compute(op: Operation) -> None:
    """All VNFCs at once (IFA006 7.3.1.2)."""
    vnf = _vnf(op)
    specs = computes.specs(vnf)
    book = Book(vnf, specs)
    answers = op.ask_all([_ask_compute(op, name, specs[name], book) for name in specs])
    op.memo["computes"] = {
        name: info.Compute(
            id=answer.body["id"],
            name=answer.body["name"],
            zone=answer.body.get("zone"),
            vdu=specs[name]["vdu"],
            detail=answer.body["detail"],
            ports=[op.memo["ports"][port["name"]] for port in specs[name]["ports"]],
        )
        for name, answer in zip(specs, answers, strict=True)
    }


def _ask_compute(op: Operation, name: str, spec: computes.Spec, book: Book) -> lcm.Ask:
    """The request for a VNFC; its day-0 document is written only when the request is sent."""
    ask = asks.allocate(_vim(op), "compute", f"{op.id}/{name}", ports.compute_spec(spec, {}))

    def body() -> Body:
        user_data = cast(Body, book.document(name))
        return {**ask.body, "spec": ports.compute_spec(spec, user_data)}

    return dataclasses.replace(ask, body=body)


def _undo_compute(op: Operation) -> None:
    _remove_noted(op, "compute")


def _record(op: Operation) -> None:
    """The instance is INSTANTIATED, with what it is made of (SOL003 5.5.2.2)."""
    vnf = _vnf(op)
    vim = next(iter(op.memo["grant"].get("vimConnectionInfo") or {}), "")
    instance = _instance(op, lock=True)
    occurrences.move_instance(instance, "INSTANTIATED")
    made_of = info.instantiated(vnf, vim, computes.specs(vnf), op.memo["computes"])
    instance.body["instantiatedVnfInfo"] = made_of
    op.tx.put(instance)
    occurrences.tell(op, instance)
    op.occurrence["resourceChanges"] = info.changes("ADDED", made_of)
    op.save()


PLAN = lcm.Plan[Memo](
    "instantiate",
    (
        lcm.Step("grant", _grant, _undo_grant),
        lcm.Step("networks", _networks, _undo_networks),
        lcm.Step("ports", _ports, _undo_ports),
        lcm.Step("compute", _compute, _undo_compute),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
)


def _instance(op: Operation, *, lock: bool = False) -> store.Document:
    return op.tx.get(occurrences.INSTANCES, op.occurrence["vnfInstanceId"], lock=lock)


def _request(op: Operation) -> Body:
    """The InstantiateVnfRequest (SOL003 5.5.2.4)."""
    request: Body = op.occurrence["operationParams"]
    return request


def _flavour(op: Operation) -> model.VnfDf:
    vnfd = vnfds.of(op.tx, _instance(op).body)
    return resources.flavour(vnfd, _request(op)["flavourId"])


def _vim(op: Operation) -> Connection:
    """The VimConnectionInfo (SOL003 4.4.1.6) that was granted; Problem 409 if none was."""
    connections: dict[str, Connection] = op.memo["grant"].get("vimConnectionInfo") or {}
    if not connections:
        raise Problem(
            409,
            f"Grant {op.memo['grant']['id']} names no VIM (vimConnectionInfo) in which the VNF is "
            "to be. Roll back, and have the NFVO grant one.",
        )
    return next(iter(connections.values()))


def _zone(op: Operation) -> str | None:
    granted = op.memo["grant"].get("addResources", [])
    return next((resource.get("zoneId") for resource in granted), None)


def _vnf(op: Operation) -> computes.Vnf:
    return computes.Vnf(
        df=_flavour(op),
        instance=_instance(op).body,
        request=_request(op),
        grant=op.memo["grant"],
        networks=op.memo["networks"],
        prefix=op.id,
    )


def _remove_noted(op: Operation, kind: Literal["compute", "port", "network"]) -> None:
    """Nothing is computed anew: what cannot be computed can still be undone."""
    names = _instance(op).body.get("_resources", {}).get(kind, [])
    op.ask_all([asks.terminate(_vim(op), kind, name) for name in names], asks.GONE)
