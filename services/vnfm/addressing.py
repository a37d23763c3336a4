# SPDX-License-Identifier: Apache-2.0
"""Addresses on the internal virtual links of a VNF. Pure."""

from __future__ import annotations

import ipaddress

from descriptors import model
from mano.problems import Problem
from vnfm import resources

FIRST = 2  # .1 is left for a gateway


def address(link: str, cidr: str, position: int) -> str:
    """The address, as 10.0.0.2/24, of the VNFC at that position in the grant.

    Problem 422 if the subnet ends before: never the address that means all of it."""
    subnet = ipaddress.ip_network(cidr)
    last = subnet.num_addresses - (2 if subnet.version == 4 else 1)
    if position + FIRST > last:
        raise Problem(
            422,
            f"Virtual link {link}: its subnet {cidr} has too few addresses for everything that is "
            "attached to it.",
        )
    return f"{subnet[position + FIRST]}/{subnet.prefixlen}"


def check_room(df: model.VnfDf, number: int) -> None:
    """Problem 422 if an internal link's subnet has too few addresses for that many VNFCs."""
    for id, link in resources.internal_links(df).items():
        if number:
            address(id, link["cidr"], number - 1)
