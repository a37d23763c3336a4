# SPDX-License-Identifier: Apache-2.0
"""Which virtual resources a VNF needs: documents in, documents out, no I/O."""

from __future__ import annotations

from typing import TypedDict, cast

from descriptors import model, resources, sizing, subnetting
from mano.problems import Problem
from mano.sol.documents import Body
from mano.sol.vnf_parameters import Need

FIRST_SUBNET = "10.200.0.0"  # of internal VLs that the VNFD gives none


class Link(TypedDict):
    """What an internal virtual link is to be."""

    cidr: str
    mtu: int


def flavour(vnfd: model.Vnfd, id: str) -> model.VnfDf:
    """The deployment flavour; Problem 422 names those there are."""
    if id not in vnfd.flavours:
        raise Problem(
            422,
            f"VNFD {vnfd.id} ({vnfd.product_name}) has no flavour {id!r}; it has "
            f"{', '.join(sorted(vnfd.flavours))}.",
        )
    return vnfd.flavours[id]


def definitions(df: model.VnfDf, level: str | None) -> list[Body]:
    """The addResources of a GrantRequest (SOL003 9.5.3.2): every VNFC of an instantiation level.

    Their ids are "<vdu>-<index>". Problem 422 for a level the flavour has not."""
    numbers = instances(df, level)
    return [_definition(vdu, index) for vdu, number in numbers.items() for index in range(number)]


def instances(df: model.VnfDf, level: str | None) -> dict[str, int]:
    """VNFCs by VDU at an instantiation level; Problem 422 for a level the flavour has not."""
    try:
        return resources.instances(df, level)
    except ValueError as error:
        raise Problem(422, f"{error}.") from error


def vnfc(definition_id: str) -> tuple[str, int]:
    """The VDU and the index that make the id of a resource definition."""
    vdu, _, index = definition_id.rpartition("-")
    return vdu, int(index)


def scale_status(df: model.VnfDf, level: str | None) -> list[Body]:
    """ScaleInfo of every aspect at an instantiation level (SOL003 4.4.1.5)."""
    return [
        {"aspectId": aspect, "scaleLevel": scale_level}
        for aspect, scale_level in resources.scale_status(df, level).items()
    ]


def need(df: model.VnfDf, vdu: str) -> Need:
    """What a VNFC of the VDU takes from a host, and what it asks of it."""
    return cast(Need, {**sizing.spec(df, vdu), "requirements": df.vdus[vdu].requirements})


def internal_links(df: model.VnfDf) -> dict[str, Link]:
    """The internal virtual links that a CP lies on, by VnfVirtualLinkDesc, with a subnet each.

    One that the VNFD gives none has room for the largest level."""
    used = {cpd.virtual_link for cpd in df.cpds.values()}
    cidrs = subnetting.cidrs(df.virtual_links, resources.most_ports(df), FIRST_SUBNET)
    return {
        id: Link(cidr=cidrs[id], mtu=vld.mtu or 1500)
        for id, vld in sorted(df.virtual_links.items())
        if id in used
    }


def _definition(vdu: str, index: int) -> Body:
    return {
        "id": f"{vdu}-{index}",
        "type": "COMPUTE",
        "vduId": vdu,
        "resourceTemplateId": vdu,
    }
