# SPDX-License-Identifier: Apache-2.0
"""Which virtual resources a VNF needs: documents in, documents out, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
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


def instances(
    df: model.VnfDf, level: str | None, scale: Mapping[str, int] | None = None
) -> dict[str, int]:
    """VNFCs by VDU at an instantiation level, with other scale levels of some aspects.

    Problem 422 for what the flavour has not."""
    try:
        return resources.instances(df, level, scale)
    except ValueError as error:
        raise Problem(422, f"{error}.") from error


def scale_status(
    df: model.VnfDf, level: str | None, scale: Mapping[str, int] | None = None
) -> list[Body]:
    """ScaleInfo of every aspect (SOL003 4.4.1.5)."""
    return [
        {"aspectId": aspect, "scaleLevel": scale_level}
        for aspect, scale_level in {**resources.scale_status(df, level), **(scale or {})}.items()
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
