# SPDX-License-Identifier: Apache-2.0
"""What an instance is made of, as SOL003 says it (InstantiatedVnfInfo, 5.5.2.2). Pure."""

from __future__ import annotations

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
    return {
        "flavourId": vnf.df.id,
        "vnfState": "STARTED",
        "scaleStatus": resources.scale_status(vnf.df, level),
        "extCpInfo": list(_ext_cps(vnf.df, specs, computes)),
        "extVirtualLinkInfo": [
            _ext_link(link, vim) for link in vnf.request.get("extVirtualLinks", [])
        ],
        "vnfcResourceInfo": [_vnfc_resource(name, computes[name], vim) for name in computes],
        "vnfVirtualLinkResourceInfo": [
            _link_resource(id, network, vim) for id, network in vnf.networks.items()
        ],
        "vnfcInfo": [_vnfc(name, computes[name]) for name in computes],
    }


def affected(change: str, vnfcs: list[Body]) -> list[Body]:
    """The AffectedVnfcs (SOL003 5.5.3.13) of a change ("ADDED", "REMOVED") of vnfcResourceInfos."""
    return [
        {
            "id": vnfc["id"],
            "vduId": vnfc["vduId"],
            "changeType": change,
            "computeResource": vnfc["computeResource"],
        }
        for vnfc in vnfcs
    ]


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


def _link_resource(id: str, network: Network, vim: str) -> Body:
    return {
        "id": id,
        "vnfVirtualLinkDescId": id,
        "networkResource": _handle(vim, network["id"]),
    }


def _ext_link(link: Body, vim: str) -> Body:
    return {
        "id": link["id"],
        "resourceHandle": _handle(vim, link["resourceId"]),
        "currentVnfExtCpData": link.get("extCps", []),
    }


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
