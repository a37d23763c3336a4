# SPDX-License-Identifier: Apache-2.0
"""What runs where: a network service, its VNFs and VNFCs, and its paths' counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypedDict

from mano.cli import output

if TYPE_CHECKING:
    from rich.tree import Tree

    from mano.cli.client import Client, Document

Reports = dict[str, dict[str, Any]]  # resource id -> what the agent of its host last said of it
INTERFACE = 15  # characters that the name of a network interface may have


class Whereabouts(TypedDict):
    """Where a compute resource is; each None while nobody has reported it."""

    host: str | None
    namespace: str | None
    pid: int | None


class Sap(Whereabouts):
    """A service access point."""

    name: str
    resource: str
    addresses: list[str]


class Cp(TypedDict):
    """A VNFC's connection point, with the packets it has counted."""

    cp: str
    addresses: list[str]
    link: str
    rx: int
    tx: int


class Vnfc(Whereabouts):
    """A VNF component instance."""

    name: str
    state: str  # as its VIM says: "ACTIVE"; "UNKNOWN" while its host is silent
    resource: str
    cps: list[Cp]


class Vnf(TypedDict):
    """A VNF instance."""

    id: str
    name: str
    product: str
    state: str
    vnfcs: list[Vnfc]


Hop = TypedDict("Hop", {"from": str, "to": str, "packets": int, "bytes": int})


class Path(TypedDict):
    """A network forwarding path."""

    name: str
    state: str
    hops: list[Hop]


class NetworkService(TypedDict):
    """A network service and everything of it, from the NFVO and what the hosts report."""

    id: str
    name: str
    state: str
    links: list[str]
    saps: list[Sap]
    vnfs: list[Vnf]
    paths: list[Path]


def gather(client: Client, ns: str) -> NetworkService:
    """The network service with this id."""
    instance = client.get("nslcm", f"/ns_instances/{ns}")
    reports = _reports(client)
    return {
        "id": instance["id"],
        "name": instance["nsInstanceName"],
        "state": instance["nsState"],
        "links": [link["id"] for link in instance.get("virtualLinkInfo", [])],
        "saps": [_sap(sap, reports) for sap in instance.get("sapInfo", [])],
        "vnfs": [_vnf(vnf, reports) for vnf in instance.get("vnfInstance", [])],
        "paths": list(_paths(client, instance, reports)),
    }


def draw(ns: NetworkService) -> Tree:
    """The same for people, as rich draws it."""
    from rich.tree import Tree

    root = Tree(f"[bold]NS {_text(ns['name'])}[/] {_colour(ns['state'])} [dim]{ns['id']}[/]")
    for sap in ns["saps"]:
        addresses = ", ".join(sap["addresses"])
        root.add(f"[bold]SAP {_text(sap['name'])}[/]  {addresses}  {_whereabouts(sap)}")
    for vnf in ns["vnfs"]:
        _draw_vnf(root, vnf)
    for path in ns["paths"]:
        _draw_path(root, path)
    return root


def _draw_vnf(root: Tree, vnf: Vnf) -> None:
    state = _colour(vnf["state"])
    name, product = _text(vnf["name"]), _text(vnf["product"])
    branch = root.add(f"[bold]VNF {name}[/]  {product}  {state} [dim]{vnf['id']}[/]")
    for vnfc in vnf["vnfcs"]:
        state = _colour(vnfc["state"])
        leaf = branch.add(f"[bold]VNFC {_text(vnfc['name'])}[/]  {state}  {_whereabouts(vnfc)}")
        for cp in vnfc["cps"]:
            leaf.add(
                f"{cp['cp']:<8} {', '.join(cp['addresses']):<14} link {cp['link']:<8} "
                f"[dim]rx {cp['rx']} tx {cp['tx']} packets[/]"
            )


def _draw_path(root: Tree, path: Path) -> None:
    branch = root.add(f"[bold]Path {_text(path['name'])}[/]  {path['state']}")
    for hop in path["hops"]:
        ends = _text(f"{hop['from']} → {hop['to']}")
        branch.add(f"{ends:<28} [bold]{hop['packets']}[/] packets, {hop['bytes']} bytes")


def _text(name: str) -> str:
    """A name as it is, whatever rich would read in it."""
    from rich.markup import escape

    return escape(output.visible(name))


def _reports(client: Client) -> Reports:
    reports = {}
    for host in client.list("admin", "/hosts"):
        for id, resource in (host.get("resources") or {}).items():
            reports[id] = {**resource, "host": host["id"]}
    return reports


def _sap(sap: Document, reports: Reports) -> Sap:
    resource = sap.get("resourceHandle", {}).get("resourceId", "")
    return {
        "name": _name_of_sap(sap),
        "resource": resource,
        "addresses": _addresses(sap.get("sapProtocolInfo", [])),
        **_where(reports.get(resource, {})),
    }


def _vnf(vnf: Document, reports: Reports) -> Vnf:
    info = vnf.get("instantiatedVnfInfo", {})
    links = {
        cp["cpdId"]: link["id"]
        for link in info.get("extVirtualLinkInfo", [])
        for cp in link.get("currentVnfExtCpData", [])
    }
    names = {vnfc["vnfcResourceInfoId"]: vnfc["id"] for vnfc in info.get("vnfcInfo", [])}
    return {
        "id": vnf["id"],
        "name": _name_of_vnf(vnf),
        "product": vnf["vnfProductName"],
        "state": info.get("vnfState", vnf["instantiationState"]),
        "vnfcs": [
            _vnfc(names.get(vnfc["id"], vnfc["id"]), vnfc, links, reports)
            for vnfc in info.get("vnfcResourceInfo", [])
        ],
    }


def _vnfc(name: str, vnfc: Document, links: dict[str, str], reports: Reports) -> Vnfc:
    resource = vnfc["computeResource"]["resourceId"]
    report = reports.get(resource, {})
    counters = {port["interface"]: port for port in report.get("ports", [])}
    return {
        "name": name,
        "state": vnfc.get("metadata", {}).get("state", ""),
        "resource": resource,
        "cps": [_cp(cp, links, counters) for cp in vnfc.get("vnfcCpInfo", [])],
        **_where(report or vnfc.get("metadata", {})),
    }


def _cp(cp: Document, links: dict[str, str], counters: Mapping[str, Document]) -> Cp:
    counter = counters.get(cp["cpdId"][:INTERFACE], {})
    return {
        "cp": cp["cpdId"],
        "addresses": _addresses(cp.get("cpProtocolInfo", [])),
        "link": links.get(cp["cpdId"], "internal"),
        "rx": counter.get("rx", 0),
        "tx": counter.get("tx", 0),
    }


def _paths(client: Client, ns: Document, reports: Reports) -> Iterator[Path]:
    graphs = ns.get("vnffgInfo", [])
    prefixes = list(_path_prefixes(client, ns)) if graphs else []
    for graph in graphs:
        stations = _stations(ns, graph)
        for nfp in graph.get("nfpInfo", []):
            ids = _ids_of_path(prefixes, f"{graph['id']}/{nfp['id']}")
            report = next((reports[id] for id in ids if id in reports), {})
            hops = zip(pairwise(stations), report.get("hops", []), strict=False)
            yield {
                "name": nfp["id"],
                "state": report.get("state") or nfp["nfpState"],
                "hops": [_hop(start, end, counts) for (start, end), counts in hops],
            }


def _path_prefixes(client: Client, ns: Document) -> Iterator[tuple[str, str]]:
    """VIMs and operations of the NS: each of its paths was made by one of these at one of those."""
    query = f"(eq,nsInstanceId,{ns['id']})"
    operations = client.list("nslcm", "/ns_lcm_op_occs", filter=query)
    handles = [sap["resourceHandle"] for sap in ns.get("sapInfo", []) if "resourceHandle" in sap]
    for vim in {handle["vimId"] for handle in handles}:
        for operation in operations:
            yield vim, operation["id"]


def _ids_of_path(prefixes: list[tuple[str, str]], path: str) -> Iterator[str]:
    """The ids its resource may have, which follow from its name: no document holds them."""
    from mano.vim import port

    for vim, operation in prefixes:
        yield port.resource_id(vim, "path", f"{operation}/{path}")


def _stations(ns: Document, graph: Document) -> list[str]:
    """What a path of the graph passes: the first SAP, then the VNFs in order."""
    names = {vnf["id"]: _name_of_vnf(vnf) for vnf in ns.get("vnfInstance", [])}
    saps = [_name_of_sap(sap) for sap in ns.get("sapInfo", [])]
    return [*saps[:1], *(names.get(id, id) for id in graph["vnfInstanceId"])]


def _hop(start: str, end: str, counts: Document) -> Hop:
    return {"from": start, "to": end, **counts}  # type: ignore[typeddict-item]


def _name_of_vnf(vnf: Document) -> str:
    return str(vnf.get("vnfInstanceName", ""))


def _name_of_sap(sap: Document) -> str:
    return str(sap.get("sapName", sap["id"]))


def _addresses(protocols: list[Document]) -> list[str]:
    addresses: list[str] = []
    for protocol in protocols:
        for item in protocol.get("ipOverEthernet", {}).get("ipAddresses", []):
            addresses += item.get("addresses", [])
    return addresses


def _where(report: Mapping[str, Any]) -> Whereabouts:
    return {
        "host": report.get("host"),
        "namespace": report.get("namespace"),
        "pid": report.get("pid"),
    }


def _whereabouts(resource: Whereabouts) -> str:
    parts = {
        "namespace": resource["namespace"],
        "pid": resource["pid"],
        "host": resource["host"],
    }
    words = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
    return f"[cyan]{words}[/]"


def _colour(state: str) -> str:
    return f"[{output.COLOURS.get(state, 'yellow')}]{state}[/]"
