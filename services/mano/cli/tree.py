# SPDX-License-Identifier: Apache-2.0
"""What runs where: a network service, its VNFs and VNFCs with namespaces, addresses and links, and
its paths' counters."""

from __future__ import annotations

from typing import Any

from mano.cli import output
from mano.cli.client import Client
from mano.vim import port


def gather(client: Client, ns: str) -> dict[str, Any]:
    """The network service as {"id", "name", "state", "saps", "vnfs", "paths"}, from the NFVO, and
    what the hosts report."""
    document = client.get("nslcm", f"/ns_instances/{ns}")
    reported = _reported(client)
    vnfs = [_vnf(vnf, reported) for vnf in document.get("vnfInstance", [])]
    return {
        "id": document["id"],
        "name": document["nsInstanceName"],
        "state": document["nsState"],
        "links": [link["id"] for link in document.get("virtualLinkInfo", [])],
        "saps": [_sap(sap, reported) for sap in document.get("sapInfo", [])],
        "vnfs": vnfs,
        "paths": _paths(client, document, {vnf["id"]: vnf["name"] for vnf in vnfs}, reported),
    }


def draw(found: dict[str, Any]) -> Any:
    """The same for people, as rich draws it."""
    from rich.tree import Tree

    root = Tree(f"[bold]NS {found['name']}[/] {_state(found['state'])} [dim]{found['id']}[/]")
    for sap in found["saps"]:
        root.add(f"[bold]SAP {sap['name']}[/]  {', '.join(sap['addresses'])}  {_place(sap)}")
    for vnf in found["vnfs"]:
        branch = root.add(
            f"[bold]VNF {vnf['name']}[/]  {vnf['product']}  {_state(vnf['state'])} [dim]{vnf['id']}[/]"
        )
        for vnfc in vnf["vnfcs"]:
            leaf = branch.add(f"[bold]VNFC {vnfc['name']}[/]  {_place(vnfc)}")
            for cp in vnfc["cps"]:
                leaf.add(
                    f"{cp['cp']:<8} {', '.join(cp['addresses']):<14} link {cp['link']:<8} "
                    f"[dim]rx {cp['rx']} tx {cp['tx']} packets[/]"
                )
    for path in found["paths"]:
        branch = root.add(f"[bold]Path {path['name']}[/]  {path['state']}")
        for hop in path["hops"]:
            way = f"{hop['from']} → {hop['to']}"
            branch.add(f"{way:<28} [bold]{hop['packets']}[/] packets, {hop['bytes']} bytes")
    return root


def _reported(client: Client) -> dict[str, dict[str, Any]]:
    """Resource id -> what the agent of its host last said of it."""
    return {
        id: {**resource, "host": host["id"]}
        for host in client.list("admin", "/hosts")
        for id, resource in (host.get("resources") or {}).items()
    }


def _sap(sap: dict[str, Any], reported: dict[str, dict[str, Any]]) -> dict[str, Any]:
    resource = sap.get("resourceHandle", {}).get("resourceId", "")
    return {
        "name": sap.get("sapName", sap["id"]),
        "resource": resource,
        "addresses": _addresses(sap.get("sapProtocolInfo", [])),
        **_where(reported.get(resource, {})),
    }


def _vnf(vnf: dict[str, Any], reported: dict[str, dict[str, Any]]) -> dict[str, Any]:
    info = vnf.get("instantiatedVnfInfo", {})
    links = {
        cp["cpdId"]: link["id"]
        for link in info.get("extVirtualLinkInfo", [])
        for cp in link.get("currentVnfExtCpData", [])
    }
    return {
        "id": vnf["id"],
        "name": vnf.get("vnfInstanceName", ""),
        "product": vnf["vnfProductName"],
        "state": info.get("vnfState", vnf["instantiationState"]),
        "vnfcs": [_vnfc(vnfc, links, reported) for vnfc in info.get("vnfcResourceInfo", [])],
    }


def _vnfc(
    vnfc: dict[str, Any], links: dict[str, str], reported: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    seen = reported.get(vnfc["computeResource"]["resourceId"], {})
    counters = {item["interface"]: item for item in seen.get("ports", [])}
    cps = [
        {
            "cp": cp["cpdId"],
            "addresses": _addresses(cp.get("cpProtocolInfo", [])),
            "link": links.get(cp["cpdId"], "internal"),
            "rx": counters.get(cp["cpdId"][:15], {}).get("rx", 0),
            "tx": counters.get(cp["cpdId"][:15], {}).get("tx", 0),
        }
        for cp in vnfc.get("vnfcCpInfo", [])
    ]
    return {
        "name": vnfc["id"],
        "resource": vnfc["computeResource"]["resourceId"],
        "cps": cps,
        **_where(seen or vnfc.get("metadata", {})),
    }


def _paths(
    client: Client, ns: dict[str, Any], names: dict[str, str], reported: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The NFPs. A path's resource is named by the operation that made it, and its id follows from
    its name."""
    graphs = ns.get("vnffgInfo", [])
    operations = (
        client.list("nslcm", "/ns_lcm_op_occs", filter=f"(eq,nsInstanceId,{ns['id']})")
        if graphs
        else []
    )
    vims = {
        sap["resourceHandle"]["vimId"] for sap in ns.get("sapInfo", []) if "resourceHandle" in sap
    }
    found = []
    for graph in graphs:
        for nfp in graph.get("nfpInfo", []):
            ids = [
                port.resource_id(vim, "path", f"{operation['id']}/{graph['id']}/{nfp['id']}")
                for vim in vims
                for operation in operations
            ]
            resource = next((reported[id] for id in ids if id in reported), {})
            stations = [
                *[sap.get("sapName", sap["id"]) for sap in ns.get("sapInfo", [])][:1],
                *[names.get(id, id) for id in graph["vnfInstanceId"]],
            ]
            hops = [
                {"from": start, "to": end, **counts}
                for start, end, counts in zip(
                    stations, stations[1:], resource.get("hops", []), strict=False
                )
            ]
            found.append(
                {"name": nfp["id"], "state": resource.get("state") or nfp["nfpState"], "hops": hops}
            )
    return found


def _addresses(protocols: list[dict[str, Any]]) -> list[str]:
    return [
        address
        for protocol in protocols
        for item in protocol.get("ipOverEthernet", {}).get("ipAddresses", [])
        for address in item.get("addresses", [])
    ]


def _where(resource: dict[str, Any]) -> dict[str, Any]:
    return {key: resource.get(key) for key in ("host", "namespace", "pid")}


def _place(part: dict[str, Any]) -> str:
    words = [f"{key} {part[key]}" for key in ("namespace", "pid", "host") if part.get(key)]
    return "[cyan]" + ", ".join(words) + "[/]"


def _state(state: str) -> str:
    return f"[{output.COLOURS.get(state, 'yellow')}]{state}[/]"
