# SPDX-License-Identifier: Apache-2.0
"""What NFVO and VNFM tell each other in the places that SOL003 leaves to them.

A VNFM or NFVO of somebody else neither sends nor needs any of it: without it there are no links by
name, no routes, no neighbours."""

from __future__ import annotations

from typing import Any, TypedDict

from mano.problems import Problem


class Link(TypedDict, total=False):
    """A virtual link of the network service, as its VNFs are told of it."""

    name: str  # of the virtual link in the NSD: "dmz"
    cidr: str  # of its subnet: "10.0.2.0/24"


class Route(TypedDict):
    """A route of a port: to a subnet ("10.0.1.0/24"), via an address on the port's link."""

    to: str
    via: str


class Neighbour(TypedDict):
    """Who else is reached over a link: a VNF's CP or a SAP ("vnf": "sap"), "10.0.1.5/24" each."""

    vnf: str  # its VNF profile
    cp: str  # CPD's or SAPD's id
    addresses: list[str]


class Chain(TypedDict):
    """Who comes before and after a VNF on the forwarding paths."""

    previous: list[Neighbour]
    next: list[Neighbour]


class Sap(TypedDict):
    """A service access point of the network service."""

    sap: str  # the SAPD's id
    addresses: list[str]  # with prefix lengths


# The key under which they stand in `additionalParams`: the others there are the user's
NAMESPACE = "urn:mano:network-service"


class InstantiateParameters(TypedDict, total=False):
    """Under NAMESPACE in `additionalParams` of an InstantiateVnfRequest (SOL003 5.5.2.4)."""

    name: str  # of the VNF in its network service: the VNF profile
    links: dict[str, Link]  # by ExtVirtualLinkData.id
    routes: dict[str, list[Route]]  # by external CPD
    neighbours: dict[str, list[Neighbour]]  # by external CPD
    chain: Chain
    sap: list[Sap]


class Need(TypedDict, total=False):
    """What one VNFC takes from a host, and what it asks of it (`requirements` as in the VNFD)."""

    vcpus: int
    memoryMiB: int
    storageMiB: int
    pinning: str  # "none", "dedicated"
    requirements: dict[str, Any]


def check_free(parameters: dict[str, Any]) -> None:
    """Problem 422 for a user's parameters that have the key that is ours."""
    if NAMESPACE in parameters:
        raise Problem(
            422, f"The key {NAMESPACE!r} in additionalParams is the NFVO's own; take another."
        )


class ExtCpMetadata(TypedDict):
    """`metadata` of a VnfExtCpInfo (SOL003 5.5.3.9) that is connected.

    Forwarding paths are made of the names."""

    portName: str  # its name at the VIM: "<vnfLcmOpOccId>/fw-0/inside"
    portId: str  # the VIM's id of it
