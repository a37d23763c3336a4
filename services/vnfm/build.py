# SPDX-License-Identifier: Apache-2.0
"""The parts that a VNF consists of, from its head and its VNFD. Pure.

VNFCs that the former composition has keep their ids, and their ports their addresses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from descriptors import model, resources
from mano import composition
from mano.composition import Composition, Marks, Part
from mano.lcm.leases import Leases
from mano.sol.documents import Body
from mano.sol.vnf_parameters import Link
from vnfm import addressing, external
from vnfm.head import Head
from vnfm.resources import internal_links, need


@dataclass
class Build:
    """One VNF on its way from head to parts; `leases` are of its internal links."""

    df: model.VnfDf
    head: Head
    former: Composition
    marks: Marks
    leases: Leases
    parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.links = internal_links(self.df)
        self.configs = external.Connections(self.df, self.head.ext_links, self.former)
        self.free = addressing.free(self.df, {id: link["cidr"] for id, link in self.links.items()})

    def composition(self) -> Composition:
        """The parts of all VNFCs; Problem 422 for what the head cannot have."""
        for id, link in self.links.items():
            hard, soft = {"cidr": link["cidr"]}, {"mtu": link["mtu"]}
            self._add(Part(link_id(id), "network", hard, soft, template=id))
        vnfcs = {
            vnfc: vdu
            for vdu, number in self.head.vnfcs(self.df).items()
            for vnfc in self._numbered(vdu, number)
        }
        for vnfc, vdu in vnfcs.items():
            for port in self._ports(vnfc, vdu):
                self._add(port)
        links = {link: self._digest(link) for link in self._link_names()}
        for vnfc, vdu in vnfcs.items():
            self._add(self._compute(vnfc, vdu, links))
        return Composition(self.head.dump(), self.parts)

    def _add(self, part: Part) -> None:
        self.parts[part.id] = part

    def _numbered(self, vdu: str, number: int) -> list[str]:
        """The ids of so many VNFCs of a VDU: those that are there first, the last goes first."""
        there = sorted(
            (part.id for part in self.former.of_kind("compute") if part.hard["vdu"] == vdu),
            key=lambda id: vnfc_number(id),
        )
        fresh = number - len(there)
        return [*there[:number], *(f"{vdu}-{self.marks.next_number(vdu)}" for _ in range(fresh))]

    def _ports(self, vnfc: str, vdu: str) -> Iterator[Part]:
        """The ports of a VNFC; an external CP that nobody connected has none."""
        for cp in self.df.vdus[vdu].cpds:
            id, link = f"{vnfc}/{cp}", self.df.cpds[cp].virtual_link
            if config := self.configs.of(id, cp):
                yield self._external_port(id, vnfc, cp, config)
            elif link in self.links:
                yield self._internal_port(id, vnfc, cp, link)

    def _external_port(self, id: str, vnfc: str, cp: str, config: external.Config) -> Part:
        link = self.head.service.get("links", {}).get(config.ext_vl, Link())
        hard: Body = {
            "cp": cp,
            "extCp": config.ext_cp,
            "extLink": config.ext_vl,
            "link": link.get("name", config.ext_vl),
            "network": config.network,
            "addresses": [_with_length(link, address) for address in config.addresses],
        }
        if config.mac:
            hard["mac"] = config.mac
        routes = self.head.service.get("routes", {}).get(config.ext_cp, [])
        return Part(id, "port", hard, {"compute": composition.at(vnfc), "routes": routes}, cp)

    def _internal_port(self, id: str, vnfc: str, cp: str, link: str) -> Part:
        hard = {
            "cp": cp,
            "link": link,
            "network": composition.at(link_id(link)),
            "addresses": [self.leases.take(link, id, self.free[link])],
        }
        return Part(id, "port", hard, {"compute": composition.at(vnfc), "routes": []}, cp)

    def _compute(self, vnfc: str, vdu: str, links: dict[str, str]) -> Part:
        image = resources.image(self.df, vdu)
        own = {self.parts[f"{vnfc}/{cp}"].hard["link"] for cp in self._cps(vnfc, vdu)}
        hard = {
            "vdu": vdu,
            "index": vnfc_number(vnfc),
            "image": image.id if image else None,
            "checksum": image.checksum.get("hash") if image else None,
            "runtime": next(iter(image.virtualisation_environments if image else []), ""),
            "ports": [f"{vnfc}/{cp}" for cp in self._cps(vnfc, vdu)],
            **need(self.df, vdu),
        }
        soft = {"state": self.head.state, "links": {link: links[link] for link in sorted(own)}}
        return Part(vnfc, "compute", hard, soft, template=vdu, label=self.head.vnfd)

    def _cps(self, vnfc: str, vdu: str) -> list[str]:
        return [cp for cp in self.df.vdus[vdu].cpds if f"{vnfc}/{cp}" in self.parts]

    def _link_names(self) -> set[str]:
        return {part.hard["link"] for part in self.parts.values() if part.kind == "port"}

    def _digest(self, link: str) -> str:
        """Another one where somebody else is on the link: then its VNFCs are told."""
        members = sorted(
            (part.id, part.hard["addresses"])
            for part in self.parts.values()
            if part.kind == "port" and part.hard["link"] == link
        )
        return hashlib.sha256(json.dumps(members).encode()).hexdigest()[:12]


def link_id(virtual_link: str) -> str:
    """The id of the part that stands for an internal virtual link."""
    return f"links/{virtual_link}"


def vnfc_number(id: str) -> int:
    """The number at the end of a VNFC's id."""
    return int(id.rpartition("-")[2])


def _with_length(link: Link, address: str) -> str:
    """Of the link's subnet; where nobody tells of one, that of the usual size."""
    if "cidr" in link:
        return f"{address}/{link['cidr'].partition('/')[2]}"
    return f"{address}/{64 if ':' in address else 24}"
