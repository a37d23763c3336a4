# SPDX-License-Identifier: Apache-2.0
"""The specs of a VNF's VNFCs for the VIM (docs/ports.md 3), all but their day-0 documents. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NotRequired, TypedDict, cast

from descriptors import model, resources
from mano.sol.documents import Body
from mano.sol.vnf_parameters import NAMESPACE, InstantiateParameters, Link, Need, Route
from vnfm import addressing, external
from vnfm.resources import need, vnfc


class Network(TypedDict):
    """An internal virtual link at the VIM."""

    id: str
    cidr: str


class Port(TypedDict):
    """A port of a VNFC: on an internal link, or, with `extCp`, on one of the network service."""

    name: str
    cp: str
    network: str  # the VIM's id
    mac: NotRequired[str]
    addresses: list[str]  # with prefix lengths
    routes: list[Route]
    link: str  # its name for people
    vl: str  # the id of its ExtVirtualLinkData, or the VnfVirtualLinkDesc
    extCp: NotRequired[str]


class Spec(Need):
    """A VNFC as the VIM is to make it: what it takes, and what it is."""

    owner: str
    vnf: str
    vdu: str
    index: int
    zone: str | None
    image: str | None
    runtime: str
    ports: list[Port]


@dataclass(frozen=True)
class Vnf:
    """A VNF that is to be: its flavour, and what was asked and granted.

    `networks` are the internal links at the VIM, `prefix` begins the names of all resources."""

    df: model.VnfDf
    instance: Body
    request: Body
    grant: Body
    networks: dict[str, Network]
    prefix: str

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.instance.get("vnfInstanceName") or self.instance["vnfProductName"])

    @property
    def parameters(self) -> Body:
        """The user's own additionalParams."""
        parameters = self.request.get("additionalParams") or {}
        return {key: value for key, value in parameters.items() if key != NAMESPACE}

    @property
    def service(self) -> InstantiateParameters:
        """What its network service says of it."""
        parameters = self.request.get("additionalParams") or {}
        return cast(InstantiateParameters, parameters.get(NAMESPACE, {}))

    @cached_property
    def configs(self) -> dict[str, list[external.Config]]:
        """How its external CPs are connected."""
        return external.configs(self.df, self.request)

    @cached_property
    def images(self) -> dict[str, str]:
        """The software images at the VIM."""
        images = self.grant.get("vimAssets", {}).get("softwareImages", [])
        return {image["vnfdSoftwareImageId"]: image["vimSoftwareImageId"] for image in images}


def specs(vnf: Vnf) -> dict[str, Spec]:
    """The spec of every VNFC, by "<vdu>-<index>"."""
    cidrs = {id: network["cidr"] for id, network in vnf.networks.items()}
    free = addressing.free(vnf.df, cidrs)
    return {
        granted["resourceDefinitionId"]: _spec(vnf, granted, free)
        for granted in vnf.grant.get("addResources", [])
    }


def _spec(vnf: Vnf, granted: Body, free: Mapping[str, Iterator[str]]) -> Spec:
    name = granted["resourceDefinitionId"]
    vdu, index = vnfc(name)
    image = resources.image(vnf.df, vdu)
    environments = image.virtualisation_environments if image else []
    return Spec(
        owner=vnf.instance["id"],
        vnf=vnf.name,
        vdu=vdu,
        index=index,
        zone=granted.get("zoneId"),
        image=vnf.images.get(image.id) if image else None,
        runtime=next(iter(environments), ""),
        ports=list(_ports(vnf, name, free)),
        **need(vnf.df, vdu),
    )


def _ports(vnf: Vnf, name: str, free: Mapping[str, Iterator[str]]) -> Iterator[Port]:
    """The ports of a VNFC; an external CP that nobody connected has none."""
    vdu, index = vnfc(name)
    for id in vnf.df.vdus[vdu].cpds:
        port = f"{vnf.prefix}/{name}/{id}"
        link = vnf.df.cpds[id].virtual_link
        if configs := vnf.configs.get(id):
            yield _external_port(vnf, id, port, configs[min(index, len(configs) - 1)])
        elif link in vnf.networks:
            yield _internal_port(id, port, link, vnf.networks[link], next(free[link]))


def _external_port(vnf: Vnf, cp: str, name: str, config: external.Config) -> Port:
    link = vnf.service.get("links", {}).get(config.ext_vl, Link())
    port = Port(
        name=name,
        cp=cp,
        network=config.network,
        addresses=[_with_length(link, address) for address in config.addresses],
        routes=vnf.service.get("routes", {}).get(config.ext_cp, []),
        link=link.get("name", config.ext_vl),
        vl=config.ext_vl,
        extCp=config.ext_cp,
    )
    if config.mac:
        port["mac"] = config.mac
    return port


def _with_length(link: Link, address: str) -> str:
    """Of the link's subnet; where nobody tells of one, that of the usual size."""
    if "cidr" in link:
        return f"{address}/{link['cidr'].partition('/')[2]}"
    return f"{address}/{64 if ':' in address else 24}"


def _internal_port(cp: str, name: str, link: str, network: Network, address: str) -> Port:
    return Port(
        name=name,
        cp=cp,
        network=network["id"],
        addresses=[address],
        routes=[],
        link=link,
        vl=link,
    )
