# SPDX-License-Identifier: Apache-2.0
"""Addresses on the internal virtual links of a VNF. Pure."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping

from descriptors import model, subnetting
from mano.problems import Problem
from vnfm import resources


def free(df: model.VnfDf, cidrs: Mapping[str, str]) -> dict[str, Iterator[str]]:
    """By internal link, the addresses that its ports get, as 10.0.0.2/24.

    Problem 422 after the last."""
    return {id: _of_link(df.virtual_links[id], cidr) for id, cidr in cidrs.items()}


def check_room(df: model.VnfDf, vdus: Mapping[str, int]) -> None:
    """Problem 422 if an internal link has too few addresses for so many VNFCs of each VDU."""
    cidrs = {id: link["cidr"] for id, link in resources.internal_links(df).items()}
    ports: Counter[str] = Counter()
    for cpd in df.cpds.values():
        ports[cpd.virtual_link or ""] += vdus.get(cpd.vdu, 0)
    for link, addresses_of_link in free(df, cidrs).items():
        for _ in range(ports[link]):
            next(addresses_of_link)


def _of_link(link: model.Vld, cidr: str) -> Iterator[str]:
    length = ipaddress.ip_network(cidr).prefixlen
    for address in subnetting.addresses(link, cidr):
        yield f"{address}/{length}"
    raise Problem(
        422,
        f"Virtual link {link.id}: its subnet {cidr} has too few addresses for everything that is "
        "attached to it.",
    )
