# SPDX-License-Identifier: Apache-2.0
"""What an instance is made of, as SOL003 says it (InstantiatedVnfInfo, 5.5.2.2). Pure.

A VNFC's id is for ever, that of its resource names the incarnation: "web-3" and "web-3.2"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from descriptors import model
from mano.composition import Composition, Ledger, Part, at
from mano.sol.documents import Body
from mano.sol.vnf_parameters import ExtCpMetadata
from vnfm import head, resources

STOPPED = ("ERROR", "BUILDING", "TERMINATING")  # of a compute at its VIM; UNKNOWN says nothing


@dataclass(frozen=True)
class Shown:
    """A VNF whose composition stands; `vim` is the id of the VIM connection."""

    df: model.VnfDf
    composition: Composition
    ledger: Ledger
    vim: str

    def instantiated(self) -> Body:
        """The instantiatedVnfInfo."""
        own = head.load(self.composition.head)
        vnfcs = self.composition.of_kind("compute")
        info = {
            "flavourId": own.flavour,
            "vnfState": own.state,
            "scaleStatus": resources.scale_status(self.df, own.level, own.scale),
            "extCpInfo": [self._ext_cp(vnfc, cpd) for vnfc, cpd in self._ext_cps(vnfcs)],
            "extVirtualLinkInfo": [self._ext_link(link) for link in own.ext_links],
            "vnfcResourceInfo": [self._vnfc_resource(vnfc) for vnfc in vnfcs],
            "vnfVirtualLinkResourceInfo": [
                self._link_resource(link) for link in self.composition.of_kind("network")
            ],
            "vnfcInfo": [_vnfc(vnfc) for vnfc in vnfcs],
        }
        observe(info, observed(self.ledger))
        return info

    def _handle(self, part: Part) -> Body:
        return {"vimConnectionId": self.vim, "resourceId": self._detail(part)["id"]}

    def _detail(self, part: Part) -> Body:
        return self.ledger[part.name].detail

    def _vnfc_resource(self, vnfc: Part) -> Body:
        detail = self._detail(vnfc)
        parts = self.composition.parts
        ports = [parts[id] for id in vnfc.hard["ports"] if id in parts]
        return {
            "id": vnfc.name,
            "vduId": vnfc.hard["vdu"],
            "zoneId": detail.get("zone") or "",
            "computeResource": self._handle(vnfc),
            "vnfcCpInfo": [self._vnfc_cp(port) for port in ports],
            "metadata": {
                **{key: detail[key] for key in ("host", "namespace", "pid") if key in detail},
                "state": "ACTIVE",
            },
        }

    def _vnfc_cp(self, port: Part) -> Body:
        protocol = _protocol(self._detail(port))
        return {"id": port.id, "cpdId": port.hard["cp"], "cpProtocolInfo": [protocol]}

    def _link_resource(self, link: Part) -> Body:
        id = link.id.partition("/")[2]
        ports = [
            {**self._link_port(port), "cpInstanceType": "VNFC_CP"}
            for port in self.composition.of_kind("port")
            if port.hard["network"] == at(link.id)
        ]
        return {
            "id": id,
            "vnfVirtualLinkDescId": id,
            "networkResource": self._handle(link),
            "vnfLinkPorts": ports,
        }

    def _link_port(self, port: Part) -> Body:
        return {"id": port.name, "resourceHandle": self._handle(port), "cpInstanceId": port.id}

    def _ext_link(self, link: Body) -> Body:
        return {
            "id": link["id"],
            "resourceHandle": {"vimConnectionId": self.vim, "resourceId": link["resourceId"]},
            "extLinkPorts": [
                self._link_port(port)
                for port in self.composition.of_kind("port")
                if port.hard.get("extLink") == link["id"]
            ],
            "currentVnfExtCpData": link.get("extCps", []),
        }

    def _ext_cps(self, vnfcs: list[Part]) -> Iterator[tuple[Part, model.ExtCpd]]:
        """The external CPs of every VNFC."""
        for vnfc in vnfcs:
            cps = self.df.vdus[vnfc.hard["vdu"]].cpds
            for cpd in self.df.ext_cpds.values():
                if (cpd.cpd or cpd.id) in cps:
                    yield vnfc, cpd

    def _ext_cp(self, vnfc: Part, cpd: model.ExtCpd) -> Body:
        """An external CP of a VNFC; one that nobody connected has no port."""
        id = f"{vnfc.id}/{cpd.cpd or cpd.id}"
        info: Body = {
            "id": id,
            "cpdId": cpd.id,
            "cpConfigId": f"{cpd.id}-{vnfc.hard['index']}",
            "cpProtocolInfo": [],
            "associatedVnfcCpId": id,
        }
        port = self.composition.parts.get(id)
        if port is not None and "extCp" in port.hard:
            detail = self._detail(port)
            info["cpProtocolInfo"] = [_protocol(detail)]
            info["extLinkPortId"] = port.name
            info["metadata"] = ExtCpMetadata(portName=detail["name"], portId=detail["id"])
        return info


def observed(ledger: Ledger) -> dict[str, Body]:
    """What the VIM has told of resources unasked, by its ids of them."""
    details = [row.detail for row in ledger.values()]
    return {
        detail["id"]: detail["observed"]
        for detail in details
        if "observed" in detail and "id" in detail
    }


def observe(info: Body, observed: Mapping[str, Body]) -> None:
    """VNFCs are as their VIM has seen them last, by its ids of their resources.

    While nobody can say, they are STARTED or STOPPED as they were."""
    states = {vnfc["vnfcResourceInfoId"]: vnfc for vnfc in info["vnfcInfo"]}
    for resource in info["vnfcResourceInfo"]:
        seen = observed.get(resource["computeResource"]["resourceId"])
        if seen is None:
            continue
        resource["metadata"] = dict(seen)
        if seen["state"] != "UNKNOWN":
            is_stopped = seen["state"] in STOPPED
            states[resource["id"]]["vnfcState"] = "STOPPED" if is_stopped else "STARTED"
    started = [vnfc["vnfcState"] == "STARTED" for vnfc in states.values()]
    info["vnfState"] = "STARTED" if any(started) or not started else "STOPPED"


def changes(before: Body, after: Body) -> Body:
    """The resourceChanges (SOL003 5.5.2.13) from one instantiatedVnfInfo to another."""
    removed, added = _all(before), _all(after)
    return {
        kind: [
            {**change, "changeType": type}
            for type, some, others in (("ADDED", added, removed), ("REMOVED", removed, added))
            for id, change in some[kind].items()
            if id not in others[kind]
        ]
        for kind in added
    }


def _all(info: Body) -> dict[str, dict[str, Body]]:
    """What an instantiatedVnfInfo names, as the affected lists say it, by id."""
    return {
        "affectedVnfcs": {
            vnfc["id"]: _named(vnfc, "id", "vduId", "computeResource")
            for vnfc in info.get("vnfcResourceInfo", [])
        },
        "affectedVirtualLinks": {
            link["id"]: {
                **_named(link, "id", "vnfVirtualLinkDescId", "networkResource"),
                "vnfLinkPortIds": [port["id"] for port in link.get("vnfLinkPorts", [])],
            }
            for link in info.get("vnfVirtualLinkResourceInfo", [])
        },
        "affectedExtLinkPorts": {
            port["id"]: {
                **_named(port, "id", "resourceHandle"),
                "extCpInstanceId": port["cpInstanceId"],
            }
            for link in info.get("extVirtualLinkInfo", [])
            for port in link.get("extLinkPorts", [])
        },
    }


def _named(body: Body, *names: str) -> Body:
    return {name: body[name] for name in names}


def _vnfc(vnfc: Part) -> Body:
    return {
        "id": vnfc.id,
        "vduId": vnfc.hard["vdu"],
        "vnfcResourceInfoId": vnfc.name,
        "vnfcState": vnfc.soft["state"],
    }


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
