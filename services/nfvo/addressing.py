# SPDX-License-Identifier: Apache-2.0
"""Addresses of a network service: who has which, who is whose neighbour, where routes go.

Pure: an NS flavour and the numbers of its external CPs in, addresses out. Links the NSD gives no
subnet get one of their own."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from descriptors import model, resources, subnetting
from mano.problems import Problem
from mano.sol.vnf_parameters import Chain, Neighbour, Route

FIRST_SUBNET = "10.100.0.0"  # of links that the NSD gives none
DEFAULT_ROUTE = "0.0.0.0/0"

CpKey = tuple[str | None, str]  # VNF profile, or None for a SAP; external CP or SAP


@dataclass(frozen=True)
class CpAddress:
    """One address on a link: a SAP (profile None) or instance `index` of a VNF's external CP."""

    link: str
    profile: str | None
    cp: str
    index: int
    address: str  # without prefix length


@dataclass(frozen=True)
class Addresses:
    """The addresses of a network service."""

    subnets: dict[str, str] = field(default_factory=dict)
    cps: list[CpAddress] = field(default_factory=list)

    def of(self, profile: str | None, cp: str) -> list[CpAddress]:
        """Those of one CP, by index."""
        return self._by_cp.get((profile, cp), [])

    def on_link(self, link: str) -> list[CpKey]:
        """The CPs that have addresses on a link."""
        return self._by_link.get(link, [])

    def with_length(self, cp: CpAddress) -> str:
        """The address as 10.0.0.2/24."""
        return f"{cp.address}/{self.subnets[cp.link].split('/')[1]}"

    @functools.cached_property
    def _by_cp(self) -> dict[CpKey, list[CpAddress]]:
        index: dict[CpKey, list[CpAddress]] = defaultdict(list)
        for cp in self.cps:
            index[cp.profile, cp.cp].append(cp)
        return dict(index)

    @functools.cached_property
    def _by_link(self) -> dict[str, list[CpKey]]:
        index: dict[str, list[CpKey]] = defaultdict(list)
        for (profile, name), cps in self._by_cp.items():
            index[cps[0].link].append((profile, name))  # a CP is on one link
        return dict(index)


def plan(df: model.NsDf, numbers: Mapping[str, Mapping[str, int]]) -> Addresses:
    """Addresses for every CP; `numbers` is {profile: {external CP: how many there are of it}}.
    Problem 422 if a subnet is full."""
    ports = list(_ports(df, numbers))
    counts = Counter(link for link, *_ in ports)
    subnets = subnetting.cidrs(df.virtual_links, counts, FIRST_SUBNET)
    free = {id: _free(df.virtual_links[id], cidr) for id, cidr in subnets.items()}
    return Addresses(subnets, [CpAddress(*port, next(free[port[0]])) for port in ports])


def _ports(
    df: model.NsDf, numbers: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[str, str | None, str, int]]:
    """Link, profile, CP and index of everything on links: SAPs first, then the VNFs."""
    for sap in df.sapds.values():
        if sap.virtual_link:
            yield sap.virtual_link, None, sap.id, 0
    for profile in df.vnf_profiles.values():
        for cp, link in profile.links.items():
            for index in range(numbers[profile.id].get(cp, 1)):
                yield link, profile.id, cp, index


def neighbours(addresses: Addresses, profile: str, cp: str, link: str) -> list[Neighbour]:
    """Who else is on a CP's link, for its day-0 document."""
    return [_neighbour(addresses, *key) for key in addresses.on_link(link) if key != (profile, cp)]


def routes(df: model.NsDf, addresses: Addresses) -> dict[CpKey, list[Route]]:
    """Routes by CP, along each NFP.

    Downstream VNFs go back through the one before them (default route), and those before, SAPs
    first of all, reach the links behind it."""
    result: dict[CpKey, list[Route]] = {}
    for nfp in _nfps(df):
        stages = resources.stages(nfp)
        for number, stage in enumerate(stages):
            behind = _links_entered(addresses, stages[number + 1 :])
            for out, into in stage:
                _add_hop(result, addresses, out, into, behind)
    return result


def chains(df: model.NsDf, addresses: Addresses) -> dict[str | None, Chain]:
    """By VNF profile, who comes before and after it along the forwarding paths."""
    result: dict[str | None, Chain] = defaultdict(lambda: Chain(previous=[], next=[]))
    for nfp in _nfps(df):
        for out, into in resources.hops(nfp):
            result[out.profile]["next"].append(_neighbour(addresses, into.profile, into.cp))
            result[into.profile]["previous"].append(_neighbour(addresses, out.profile, out.cp))
    return result


def order(df: model.NsDf) -> list[str]:
    """The VNF profiles as traffic meets them: along the forwarding paths first, then the others."""
    passed = [
        cp.profile
        for nfp in _nfps(df)
        for position in nfp.positions
        for cp in position.cps
        if cp.profile in df.vnf_profiles
    ]
    return list(dict.fromkeys([*filter(None, passed), *df.vnf_profiles]))


def _nfps(df: model.NsDf) -> Iterator[model.Nfpd]:
    for graph in df.vnffgds.values():
        yield from graph.nfps.values()


def _neighbour(addresses: Addresses, profile: str | None, cp: str) -> Neighbour:
    return {
        "vnf": profile or "sap",
        "cp": cp,
        "addresses": [addresses.with_length(item) for item in addresses.of(profile, cp)],
    }


def _links_entered(
    addresses: Addresses, stages: list[list[tuple[model.CpRef, model.CpRef]]]
) -> list[str]:
    """The links on which traffic leaves for the elements of these stages."""
    links = {
        cp.link for stage in stages for out, _ in stage for cp in addresses.of(out.profile, out.cp)
    }
    return sorted(links)


def _add_hop(
    result: dict[CpKey, list[Route]],
    addresses: Addresses,
    out: model.CpRef,
    into: model.CpRef,
    behind: list[str],
) -> None:
    """Forwards through where traffic enters, back through where it left."""
    exits = addresses.of(out.profile, out.cp)
    entries = addresses.of(into.profile, into.cp)
    if not exits or not entries:
        return
    entry = entries[0]
    for link in behind:
        if link != entry.link:
            _add(result, (out.profile, out.cp), addresses.subnets[link], entry.address)
    _add(result, (into.profile, into.cp), DEFAULT_ROUTE, exits[0].address)


def _add(result: dict[CpKey, list[Route]], key: CpKey, to: str, via: str) -> None:
    routes = result.setdefault(key, [])
    if all(route["to"] != to for route in routes):
        routes.append({"to": to, "via": via})


def _free(link: model.Vld, cidr: str) -> Iterator[str]:
    yield from subnetting.addresses(link, cidr)
    raise Problem(
        422,
        f"Virtual link {link.id}: its subnet {cidr} has too few addresses for everything that is "
        "attached to it.",
    )
