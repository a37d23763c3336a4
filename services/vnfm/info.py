# SPDX-License-Identifier: Apache-2.0
"""What an instance is made of, as SOL003 says it (InstantiatedVnfInfo, 5.5.2.2). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypedDict

from descriptors import model
from mano.sol.documents import Body
from mano.sol.vnf_parameters import ExtCpMetadata
from vnfm import resources
from vnfm.computes import Network, Spec, Vnf


class Compute(TypedDict):
    """A VNFC at the VIM; `detail` and `ports` are what the VIM says of it and its ports."""

    id: str
    name: str
    zone: str | None
    vdu: str
    detail: Body
    ports: list[Body]


def instantiated(
    vnf: Vnf, vim: str, specs: Mapping[str, Spec], computes: Mapping[str, Compute]
) -> Body:
    """The instantiatedVnfInfo; `vim` is the id of the VIM connection."""
    level = vnf.request.get("instantiationLevelId")
    ends = _ends(specs, computes)
    return {
        "flavourId": vnf.df.id,
        "vnfState": "STARTED",
        "scaleStatus": resources.scale_status(vnf.df, level),
        "extCpInfo": list(_ext_cps(vnf.df, specs, computes)),
        "extVirtualLinkInfo": [
            _ext_link(link, ends.get(link["id"], []), vim)
            for link in vnf.request.get("extVirtualLinks", [])
        ],
        "vnfcResourceInfo": [_vnfc_resource(name, computes[name], vim) for name in computes],
        "vnfVirtualLinkResourceInfo": [
            _link_resource(id, network, ends.get(id, []), vim)
            for id, network in vnf.networks.items()
        ],
        "vnfcInfo": [_vnfc(name, computes[name]) for name in computes],
    }


def changes(change: str, info: Body) -> Body:
    """The resourceChanges (SOL003 5.5.2.13) of all that an instantiatedVnfInfo names: "ADDED" or
    "REMOVED"."""
    return {
        "affectedVnfcs": [
            {**_named(vnfc, "id", "vduId", "computeResource"), "changeType": change}
            for vnfc in info.get("vnfcResourceInfo", [])
        ],
        "affectedVirtualLinks": [
            {
                **_named(link, "id", "vnfVirtualLinkDescId", "networkResource"),
                "changeType": change,
                "vnfLinkPortIds": [port["id"] for port in link.get("vnfLinkPorts", [])],
            }
            for link in info.get("vnfVirtualLinkResourceInfo", [])
        ],
        "affectedExtLinkPorts": [
            {
                **_named(port, "id", "resourceHandle"),
                "changeType": change,
                "extCpInstanceId": port["cpInstanceId"],
            }
            for link in info.get("extVirtualLinkInfo", [])
            for port in link.get("extLinkPorts", [])
        ],
    }


def _named(body: Body, *names: str) -> Body:
    return {name: body[name] for name in names}


def _handle(vim: str, resource: str) -> dict[str, str]:
    return {"vimConnectionId": vim, "resourceId": resource}


def _vnfc(name: str, compute: Compute) -> Body:
    return {
        "id": name,
        "vduId": compute["vdu"],
        "vnfcResourceInfoId": name,
        "vnfcState": "STARTED",
    }


def _vnfc_resource(name: str, compute: Compute, vim: str) -> Body:
    detail = compute["detail"]
    return {
        "id": name,
        "vduId": compute["vdu"],
        "zoneId": compute["zone"] or "",
        "computeResource": _handle(vim, compute["id"]),
        "vnfcCpInfo": [
            {
                "id": f"{name}/{port['cp']}",
                "cpdId": port["cp"],
                "cpProtocolInfo": [_protocol(port)],
            }
            for port in compute["ports"]
        ],
        "metadata": {
            **{key: detail[key] for key in detail if key in ("host", "namespace", "pid")},
            "state": "ACTIVE",
        },
    }


def _ends(
    specs: Mapping[str, Spec], computes: Mapping[str, Compute]
) -> dict[str, list[tuple[str, str]]]:
    """By link, external or internal: the VIM's id of each port on it, and the CP it is of."""
    ends: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, spec in specs.items():
        ids = {port["cp"]: port["id"] for port in computes[name]["ports"]}
        for port in spec["ports"]:
            if port["cp"] in ids:
                ends[port["vl"]].append((ids[port["cp"]], f"{name}/{port['cp']}"))
    return ends


def _link_resource(id: str, network: Network, ends: list[tuple[str, str]], vim: str) -> Body:
    return {
        "id": id,
        "vnfVirtualLinkDescId": id,
        "networkResource": _handle(vim, network["id"]),
        "vnfLinkPorts": [
            {**_link_port(port, cp, vim), "cpInstanceType": "VNFC_CP"} for port, cp in ends
        ],
    }


def _ext_link(link: Body, ends: list[tuple[str, str]], vim: str) -> Body:
    return {
        "id": link["id"],
        "resourceHandle": _handle(vim, link["resourceId"]),
        "extLinkPorts": [_link_port(port, cp, vim) for port, cp in ends],
        "currentVnfExtCpData": link.get("extCps", []),
    }


def _link_port(port: str, cp: str, vim: str) -> Body:
    return {"id": port, "resourceHandle": _handle(vim, port), "cpInstanceId": cp}


def _ext_cps(
    df: model.VnfDf, specs: Mapping[str, Spec], computes: Mapping[str, Compute]
) -> Iterator[Body]:
    """The external CPs of every VNFC."""
    for name, spec in specs.items():
        cps = df.vdus[spec["vdu"]].cpds
        for cpd in df.ext_cpds.values():
            if (cpd.cpd or cpd.id) in cps:
                yield _ext_cp(name, cpd, spec, computes[name])


def _ext_cp(name: str, cpd: model.ExtCpd, spec: Spec, compute: Compute) -> Body:
    """An external CP of a VNFC; one that nobody connected has no port."""
    cp = cpd.cpd or cpd.id
    info: Body = {
        "id": f"{name}/{cp}",
        "cpdId": cpd.id,
        "cpConfigId": f"{cpd.id}-{spec['index']}",
        "cpProtocolInfo": [],
        "associatedVnfcCpId": f"{name}/{cp}",
    }
    connected = {port["cp"] for port in spec["ports"] if "extCp" in port}
    ports = {port["cp"]: port for port in compute["ports"]}
    if cp in connected and cp in ports:
        info["cpProtocolInfo"] = [_protocol(ports[cp])]
        info["extLinkPortId"] = ports[cp]["id"]
        info["metadata"] = ExtCpMetadata(portName=ports[cp]["name"], portId=ports[cp]["id"])
    return info


def _protocol(port: Body) -> Body:
    """The CpProtocolInfo (SOL003 5.5.3.9b) of a port at the VIM."""
    addresses = [address.split("/")[0] for address in port.get("addresses", [])]
    return {
        "layerProtocol": "IP_OVER_ETHERNET",
        "ipOverEthernet": {
            "macAddress": port.get("mac") or "",
            "ipAddresses": [
                {"type": "IPV6" if ":" in address else "IPV4", "addresses": [address]}
                for address in addresses
            ],
        },
    }
