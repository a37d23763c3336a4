# SPDX-License-Identifier: Apache-2.0
"""Instantiate VNF (SOL003 5.4.4): grant, networks, compute, record."""

from __future__ import annotations

from typing import Any, TypedDict

from descriptors import model
from mano import lcm
from mano.sol import vnf_parameters
from mano.vim import asks
from vnfm import resources, vnfds
from vnfm.lcm import occurrences
from vnfm.peers import nfvo


class Compute(TypedDict):
    """A VNFC at the VIM."""

    id: str
    name: str
    zone: str | None
    vdu: str
    detail: dict[str, Any]


class Memo(TypedDict, total=False):
    """What the operation remembers."""

    grant: dict[str, Any]  # SOL003 9.5.2.3
    networks: dict[str, resources.Network]  # by VnfVirtualLinkDesc
    computes: dict[str, Compute]  # by VNFC, "<vdu>-<index>"


def _grant(op: lcm.Operation[Memo]) -> None:
    """Asks the NFVO (SOL003 9.4.2.3.1)."""
    instance = op.tx.get("vnf_instances", op.occurrence["vnfInstanceId"]).body
    request = op.occurrence["operationParams"]
    df = _flavour(op)
    add = resources.wanted(df, request.get("instantiationLevelId"))
    op.memo["grant"] = nfvo.grant(
        op,
        {
            "vnfInstanceId": instance["id"],
            "vnfLcmOpOccId": op.id,
            "vnfdId": instance["vnfdId"],
            "flavourId": df.id,
            "operation": "INSTANTIATE",
            "isAutomaticInvocation": False,
            "addResources": add,
            "additionalParams": vnf_parameters.GrantParameters(
                needs={vdu: resources.need(df, vdu) for vdu in df.vdus}
            ),
            "_links": occurrences.links(op),
        },
    )
    op.occurrence["grantId"] = op.memo["grant"]["id"]
    op.save()
    # What may come to be is noted before it is: whatever happens, terminate finds it.
    document = op.tx.get("vnf_instances", instance["id"], lock=True)
    document.body["vimConnectionInfo"] = op.memo["grant"]["vimConnectionInfo"]
    document.body["_resources"] = {
        "compute": [f"{op.id}/{one['id']}" for one in add],
        "flavour": df.id,
        "network": [f"{op.id}/{id}" for id in resources.internal_links(df)],
    }
    op.tx.put(document)
    occurrences.enter(op, "PROCESSING", None)


def _undo_grant(op: lcm.Operation[Memo]) -> None:
    instance = op.tx.get("vnf_instances", op.occurrence["vnfInstanceId"], lock=True)
    for name in ("vimConnectionInfo", "_resources"):
        instance.body.pop(name, None)
    op.tx.put(instance)


def _networks(op: lcm.Operation[Memo]) -> None:
    """The internal virtual links (IFA006 7.4.1.2)."""
    vim, zone = _vim(op), _zone(op)
    links = resources.internal_links(_flavour(op))
    made = op.ask_all(
        [
            asks.allocate(
                vim,
                "network",
                f"{op.id}/{id}",
                {"owner": op.occurrence["vnfInstanceId"], "zone": zone, **spec},
            )
            for id, spec in links.items()
        ]
    )
    op.memo["networks"] = {
        id: {"id": answer.body["id"], "cidr": spec["cidr"]}
        for (id, spec), answer in zip(links.items(), made, strict=True)
    }


def _undo_networks(op: lcm.Operation[Memo]) -> None:
    if "grant" in op.memo:
        op.ask_all(
            [
                asks.terminate(_vim(op), "network", f"{op.id}/{id}")
                for id in resources.internal_links(_flavour(op))
            ],
            asks.GONE,
        )


def _compute(op: lcm.Operation[Memo]) -> None:
    """All VNFCs at once (IFA006 7.3.1.2)."""
    vim, specs = _vim(op), _specs(op)
    made = op.ask_all(
        [asks.allocate(vim, "compute", f"{op.id}/{name}", spec) for name, spec in specs.items()]
    )
    op.memo["computes"] = {
        name: _compute_of(answer.body) for name, answer in zip(specs, made, strict=True)
    }


def _undo_compute(op: lcm.Operation[Memo]) -> None:
    if "grant" in op.memo and "networks" in op.memo:
        op.ask_all(
            [asks.terminate(_vim(op), "compute", f"{op.id}/{name}") for name in _specs(op)],
            asks.GONE,
        )


def _record(op: lcm.Operation[Memo]) -> None:
    """The instance is INSTANTIATED, with what it is made of (SOL003 5.5.2.2)."""
    instance = op.tx.get("vnf_instances", op.occurrence["vnfInstanceId"], lock=True)
    vim, df, request = _vim(op), _flavour(op), op.occurrence["operationParams"]
    computes, specs = op.memo["computes"], _specs(op)
    occurrences.move_instance(instance, "INSTANTIATED")
    instance.body["instantiatedVnfInfo"] = {
        "flavourId": df.id,
        "vnfState": "STARTED",
        "scaleStatus": resources.scale_status(df, request.get("instantiationLevelId")),
        "extCpInfo": [
            info
            for name, spec in specs.items()
            for info in _ext_cps(name, computes[name], spec, df)
        ],
        "extVirtualLinkInfo": [
            {
                "id": link["id"],
                "resourceHandle": {
                    "vimConnectionId": vim["vimId"],
                    "resourceId": link["resourceId"],
                },
                "currentVnfExtCpData": link.get("extCps", []),
            }
            for link in request.get("extVirtualLinks", [])
        ],
        "vnfcResourceInfo": [_vnfc(name, computes[name], vim) for name in computes],
        "vnfVirtualLinkResourceInfo": [
            _link(id, network, vim) for id, network in op.memo["networks"].items()
        ],
        "vnfcInfo": [
            {
                "id": name,
                "vduId": compute["vdu"],
                "vnfcResourceInfoId": name,
                "vnfcState": "STARTED",
            }
            for name, compute in computes.items()
        ],
    }
    op.tx.put(instance)
    op.occurrence["resourceChanges"] = {
        "affectedVnfcs": [
            {
                "id": name,
                "vduId": compute["vdu"],
                "changeType": "ADDED",
                "computeResource": {"vimConnectionId": vim["vimId"], "resourceId": compute["id"]},
            }
            for name, compute in computes.items()
        ]
    }
    op.save()


PLAN = lcm.Plan[Memo](
    "instantiate",
    (
        lcm.Step("grant", _grant, _undo_grant),
        lcm.Step("networks", _networks, _undo_networks),
        lcm.Step("compute", _compute, _undo_compute),
        lcm.Step("record", _record),
    ),
    occurrences.enter,
)


def _flavour(op: lcm.Operation[Memo]) -> model.VnfDf:
    instance = op.tx.get("vnf_instances", op.occurrence["vnfInstanceId"]).body
    vnfd = vnfds.of(op.tx, instance)
    return resources.flavour(vnfd, op.occurrence["operationParams"]["flavourId"])


def _vim(op: lcm.Operation[Memo]) -> dict[str, Any]:
    connection: dict[str, Any] = next(iter(op.memo["grant"]["vimConnectionInfo"].values()))
    return connection


def _zone(op: lcm.Operation[Memo]) -> str | None:
    return next((item.get("zoneId") for item in op.memo["grant"]["addResources"]), None)


def _specs(op: lcm.Operation[Memo]) -> dict[str, dict[str, Any]]:
    instance = op.tx.get("vnf_instances", op.occurrence["vnfInstanceId"]).body
    return resources.computes(
        _flavour(op),
        instance,
        op.occurrence["operationParams"],
        op.memo["grant"],
        op.memo["networks"],
        op.id,
    )


def _compute_of(resource: dict[str, Any]) -> Compute:
    return {
        "id": resource["id"],
        "name": resource["name"],
        "zone": resource.get("zone"),
        "vdu": resource["spec"]["vdu"],
        "detail": resource["detail"],
    }


def _vnfc(name: str, compute: Compute, vim: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "vduId": compute["vdu"],
        "zoneId": compute["zone"] or "",
        "computeResource": {"vimConnectionId": vim["vimId"], "resourceId": compute["id"]},
        "vnfcCpInfo": [
            {"id": f"{name}/{port['cp']}", "cpdId": port["cp"], "cpProtocolInfo": [_address(port)]}
            for port in compute["detail"].get("ports", [])
        ],
        "metadata": {
            key: value
            for key, value in compute["detail"].items()
            if key in ("host", "namespace", "pid")
        },
    }


def _ext_cps(
    name: str, compute: Compute, spec: dict[str, Any], df: model.VnfDf
) -> list[dict[str, Any]]:
    """The external CPs of a VNFC; those that nobody connected have no port."""
    ports = {port["cp"]: port for port in compute["detail"].get("ports", [])}
    connected = {port["cp"] for port in spec["ports"] if port.get("extCp")}
    result = []
    for ext in df.ext_cpds.values():
        if (cp := ext.cpd or ext.id) not in df.vdus[spec["vdu"]].cpds:
            continue
        info: dict[str, Any] = {
            "id": f"{name}/{cp}",
            "cpdId": ext.id,
            "cpConfigId": f"{ext.id}-{spec['index']}",
            "cpProtocolInfo": [],
            "associatedVnfcCpId": f"{name}/{cp}",
        }
        if cp in connected and (port := ports.get(cp)):
            info |= {
                "cpProtocolInfo": [_address(port)],
                "metadata": vnf_parameters.ExtCpMetadata(portName=port["name"], portId=port["id"]),
            }
        result.append(info)
    return result


def _address(port: dict[str, Any]) -> dict[str, Any]:
    return {
        "layerProtocol": "IP_OVER_ETHERNET",
        "ipOverEthernet": {
            "macAddress": port.get("mac") or "",
            "ipAddresses": [
                {"type": "IPV6" if ":" in address else "IPV4", "addresses": [address.split("/")[0]]}
                for address in port.get("addresses", [])
            ],
        },
    }


def _link(id: str, network: resources.Network, vim: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": id,
        "vnfVirtualLinkDescId": id,
        "networkResource": {"vimConnectionId": vim["vimId"], "resourceId": network["id"]},
    }
