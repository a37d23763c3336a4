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

    cp: str
    extCp: str | None
    mac: str | None
    addresses: list[str]
    interface: str
    link: str
    neighbours: list[Neighbour]


class DayZero(TypedDict):
    """The day-0 document of a VNFC."""

    vnf: str
    vnfInstanceId: str
    vdu: str
    index: int
    name: str
    ports: list[DayZeroPort]
    chain: Chain
    sap: list[Sap]
    parameters: dict[str, Any]


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
        spec, parameters = self.specs[name], self.vnf.parameters
        properties = self.vnf.instance.get("vnfConfigurableProperties", {})
        return DayZero(
            vnf=spec["vnf"],
            vnfInstanceId=self.vnf.instance["id"],
            vdu=spec["vdu"],
            index=spec["index"],
            name=name,
            ports=[self._port(name, port) for port in spec["ports"]],
            chain=parameters.get("chain", Chain(previous=[], next=[])),
            sap=parameters.get("sap", []),
            parameters={**properties, **parameters.get("parameters", {})},
        )

    def _port(self, name: str, port: Port) -> DayZeroPort:
        ext_cp = port.get("extCp")
        others = self.vnf.parameters.get("neighbours", {}).get(ext_cp or "", [])
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
