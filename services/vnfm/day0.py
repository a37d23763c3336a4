# SPDX-License-Identifier: Apache-2.0
"""What each VNFC is told on day 0 (docs/ports.md, Day-0 data). Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypedDict

from mano.composition import Composition, Part
from mano.sol.documents import Body
from mano.sol.vnf_parameters import Chain, Neighbour, Sap
from vnfm import head

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
    """Writes the day-0 documents of a VNF that is to be a composition.

    Each names all the others on its links, so together they grow with the square of the VNFCs: who
    is on which network is noted once, and a document written when it is sent."""

    def __init__(self, instance: Body, composition: Composition):
        self.instance, self.composition = instance, composition
        self.head = head.load(composition.head)
        self.members: dict[str, list[Part]] = defaultdict(list)
        for part in composition.of_kind("port"):
            self.members[part.hard["link"]].append(part)

    def document(self, vnfc: str) -> DayZero:
        """What the VNFC of that id is told."""
        hard, service = self.composition.parts[vnfc].hard, self.head.service
        properties = self.instance.get("vnfConfigurableProperties", {})
        return DayZero(
            vnf=name_of(self.instance),
            vnfInstanceId=self.instance["id"],
            vdu=hard["vdu"],
            index=hard["index"],
            name=vnfc,
            ports=[self._port(vnfc, self.composition.parts[port]) for port in hard["ports"]],
            chain=service.get("chain", Chain(previous=[], next=[])),
            sap=service.get("sap", []),
            parameters={**properties, **self.head.own_parameters},
        )

    def _port(self, vnfc: str, port: Part) -> DayZeroPort:
        ext_cp = port.hard.get("extCp")
        others = self.head.service.get("neighbours", {}).get(ext_cp or "", [])
        return DayZeroPort(
            cp=port.hard["cp"],
            extCp=ext_cp,
            mac=port.hard.get("mac"),
            addresses=port.hard["addresses"],
            interface=port.hard["cp"][:INTERFACE],
            link=port.hard["link"],
            neighbours=self._siblings(vnfc, port) + others,
        )

    def _siblings(self, vnfc: str, port: Part) -> list[Neighbour]:
        """The other VNFCs on the port's link, those of one CP together."""
        addresses: dict[str, list[str]] = defaultdict(list)
        for other in self.members[port.hard["link"]]:
            if not other.id.startswith(f"{vnfc}/"):
                addresses[other.hard["cp"]] += other.hard["addresses"]
        name = name_of(self.instance)
        return [Neighbour(vnf=name, cp=cp, addresses=addresses[cp]) for cp in addresses]


def name_of(instance: Body) -> str:
    """What people call a VNF instance."""
    return str(instance.get("vnfInstanceName") or instance["vnfProductName"])
