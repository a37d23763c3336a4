# SPDX-License-Identifier: Apache-2.0
"""What each VNFC is told on day 0 (docs/ports.md, Day-0 data). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypedDict

from mano.sol.vnf_parameters import Chain, Neighbour, Sap
from vnfm.computes import Port, Spec, Vnf

INTERFACE = 15  # characters, the kernel's limit


class DayZeroPort(TypedDict):
    """An interface of a VNFC, and who else is on its link."""

    cp: str  # the CPD's id
    extCp: str | None  # the external CPD it stands for; None where it is internal
    mac: str | None  # None: the VIM chooses one
    addresses: list[str]  # with prefix lengths
    interface: str  # its name inside the namespace
    link: str  # the NS virtual link, or the internal one
    neighbours: list[Neighbour]  # siblings on the network, then others on the link


class DayZero(TypedDict):
    """The day-0 document of a VNFC."""

    vnf: str  # the VNF profile
    vnfInstanceId: str
    vdu: str  # the VDU's id
    index: int  # among the VNFCs of its VDU, from 0
    name: str  # of the VNFC: "lb-0"
    ports: list[DayZeroPort]
    chain: Chain  # along the NFPs
    sap: list[Sap]
    parameters: dict[str, Any]  # configurable properties, and those of the request over them


class Book:
    """Writes the day-0 documents of a VNF.

    Each names all the others on its links, so together they grow with the square of the VNFCs: who
    is on which network is noted once, and a document written when it is sent."""

    def __init__(self, vnf: Vnf, specs: Mapping[str, Spec]):
        self.vnf, self.specs = vnf, specs
        self.members: dict[str, list[tuple[str, Port]]] = defaultdict(list)
        for name, spec in specs.items():
            for port in spec["ports"]:
                self.members[port["network"]].append((name, port))

    def document(self, name: str) -> DayZero:
        """What the VNFC of that name is told."""
        spec, service = self.specs[name], self.vnf.service
        properties = self.vnf.instance.get("vnfConfigurableProperties", {})
        return DayZero(
            vnf=spec["vnf"],
            vnfInstanceId=self.vnf.instance["id"],
            vdu=spec["vdu"],
            index=spec["index"],
            name=name,
            ports=[self._port(name, port) for port in spec["ports"]],
            chain=service.get("chain", Chain(previous=[], next=[])),
            sap=service.get("sap", []),
            parameters={**properties, **self.vnf.parameters},
        )

    def _port(self, name: str, port: Port) -> DayZeroPort:
        ext_cp = port.get("extCp")
        others = self.vnf.service.get("neighbours", {}).get(ext_cp or "", [])
        return DayZeroPort(
            cp=port["cp"],
            extCp=ext_cp,
            mac=port.get("mac"),
            addresses=port["addresses"],
            interface=port["cp"][:INTERFACE],
            link=port["link"],
            neighbours=self._siblings(name, port) + others,
        )

    def _siblings(self, name: str, port: Port) -> list[Neighbour]:
        """The other VNFCs on the port's network, those of one CP together."""
        addresses: dict[str, list[str]] = defaultdict(list)
        for sibling, other in self.members[port["network"]]:
            if sibling != name:
                addresses[other["cp"]] += other["addresses"]
        return [Neighbour(vnf=self.vnf.name, cp=cp, addresses=addresses[cp]) for cp in addresses]
