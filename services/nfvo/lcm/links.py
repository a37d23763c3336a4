# SPDX-License-Identifier: Apache-2.0
"""What an NS has at its VIM beside its VNFs: links, SAPs, forwarding paths (IFA005 7.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from descriptors import model, resources
from mano import lcm, store
from mano.lcm import force
from mano.sol.documents import Body
from mano.vim import asks, cleanup
from mano.vim.documents import Hop, Spec
from nfvo import network_service, vnf_requests
from nfvo.lcm import designs
from nfvo.lcm.memos import InstantiateMemo
from nfvo.network_service import NetworkService
from nfvo.peers import vims

DEFAULT_MTU = 1500

Operation = lcm.Operation[InstantiateMemo]


def names(operation: str, ns: NetworkService) -> dict[str, list[str]]:
    """By kind, the names of all that may come to be."""
    ids: dict[str, Iterable[str]] = {
        "network": ns.flavour.virtual_links,
        "port": ns.flavour.sapds,
        "path": ns.paths,
    }
    return {kind: [f"{operation}/{id}" for id in of_kind] for kind, of_kind in ids.items()}


def create_links(op: Operation) -> None:
    """The NS virtual links (IFA005 7.4.1.2)."""
    ns = designs.of(op)
    specs: dict[str, Spec] = {
        id: {
            "owner": op.occurrence["nsInstanceId"],
            "zone": _zone(op),
            "cidr": ns.addresses.subnets[id],
            "mtu": link.mtu or DEFAULT_MTU,
        }
        for id, link in ns.flavour.virtual_links.items()
    }
    networks = _allocate(op, "network", specs)
    op.memo["links"] = {id: network["id"] for id, network in networks.items()}


def create_saps(op: Operation) -> None:
    """The service access points: ports on their links (IFA005 7.4.1.2, network port)."""
    ns = designs.of(op)
    addresses = {sap.id: vnf_requests.sap_addresses(ns, sap.id) for sap in ns.saps}
    specs: dict[str, Spec] = {
        sap.id: {
            "owner": op.occurrence["nsInstanceId"],
            "zone": _zone(op),
            "network": op.memo["links"][sap.virtual_link],
            "addresses": addresses[sap.id],
            "routes": ns.routes.get((None, sap.id), []),
        }
        for sap in ns.saps
        if sap.virtual_link
    }
    op.memo["saps"] = {
        id: {"id": port["id"], "addresses": addresses[id], "detail": port.get("detail", {})}
        for id, port in _allocate(op, "port", specs).items()
    }


def create_paths(op: Operation) -> None:
    """The forwarding paths of the VNFFGs (IFA005 7.4.4.2)."""
    ns = designs.of(op)
    specs: dict[str, Spec] = {
        id: {
            "owner": op.occurrence["nsInstanceId"],
            "zone": _zone(op),
            "match": nfp.match,
            "hops": [_hop(op, stage) for stage in resources.stages(nfp)],
        }
        for id, nfp in ns.paths.items()
    }
    paths = _allocate(op, "path", specs)
    op.memo["paths"] = {id: path["id"] for id, path in paths.items()}


def remove(kind: str) -> Callable[[lcm.Operation[Any]], None]:
    """The step that removes all of a kind that an instantiation has noted.

    None that is gone already is missed."""

    def work(op: lcm.Operation[Any]) -> None:
        instance = op.tx.get(network_service.INSTANCES, op.occurrence["nsInstanceId"]).body
        if noted := instance.get("_resources"):
            connection = vims.connection(op.tx.get(vims.KIND, noted["vim"]).body)
            cleanup.remove(op, connection, kind, noted[kind], forced(op))

    return work


def forced(op: lcm.Operation[Any]) -> force.Force | None:
    """Whether a termination is the last resort."""
    data = op.occurrence["operationParams"].get("terminateNsData") or {}
    return force.of(data.get("additionalParamsforNs"))


def note(instance: store.Document, ns: NetworkService, operation: str, vim: str) -> None:
    """What may come to be is noted before it is: whatever happens, terminate finds it."""
    instance.body["_resources"] = {
        "vim": vim,
        "flavour": ns.flavour.id,
        **names(operation, ns),
    }


def _allocate(op: Operation, kind: str, specs: dict[str, Spec]) -> dict[str, Body]:
    """The resources by id, once they are all there."""
    connection = vims.connection(op.tx.get(vims.KIND, op.memo["vim"]).body)
    answers = op.ask_all(
        [asks.allocate(connection, kind, f"{op.id}/{id}", spec) for id, spec in specs.items()]
    )
    return {id: answer.body for id, answer in zip(specs, answers, strict=True)}


def _zone(op: Operation) -> str | None:
    """The zone of a link, SAP or path: where all VNFCs are; none if they are spread."""
    zones = {zone for _, zone in op.memo["places"].values()}
    return zones.pop() if len(zones) == 1 else None


def _hop(op: Operation, stage: list[tuple[model.CpRef, model.CpRef]]) -> Hop:
    return {
        "from": _ports(op, (out for out, _ in stage)),
        "to": _ports(op, (into for _, into in stage)),
    }


def _ports(op: Operation, cps: Iterable[model.CpRef]) -> list[str]:
    """The names of the ports of SAPs and of VNFs' external CPs."""
    names: list[str] = []
    for cp in dict.fromkeys(cps):
        if cp.profile is None:
            names.append(f"{op.id}/{cp.cp}")
        else:
            names += op.memo["ports"][f"{cp.profile}/{cp.cp}"]
    return names
