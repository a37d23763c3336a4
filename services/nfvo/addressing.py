# SPDX-License-Identifier: Apache-2.0
"""Addresses of a network service: which end of which link has which, who is whose neighbour, and
which way routes go.

Pure: an NS flavour and the shapes of its VNFs in, a plan out. Links the NSD gives no subnet get one
of their own."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

from descriptors import model, resources
from mano.problems import Problem
from mano.sol.vnf_parameters import Chain, Neighbour, Route

DEFAULT_SUBNET = "10.{0}.{1}.0/24"
FIRST = 2  # .1 is left for a gateway


@dataclass
class End:
    """One address on a link: a SAP (profile None) or instance `index` of a VNF's external CP."""

    link: str
    profile: str | None
    cp: str
    index: int
    address: str  # without prefix length


@dataclass
class Plan:
    """The addresses of a network service."""

    subnets: dict[str, str] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)

    def of(self, profile: str | None, cp: str) -> list[End]:
        """The ends of one CP, by index."""
        return [end for end in self.ends if end.profile == profile and end.cp == cp]

    def with_length(self, end: End) -> str:
        """The address as 10.0.0.2/24."""
        return f"{end.address}/{self.subnets[end.link].split('/')[1]}"


def plan(df: model.NsDf, numbers: dict[str, dict[str, int]]) -> Plan:
    """Addresses for every end; `numbers` is {profile: {external CP: how many there are of it}}.
    Problem 422 if a subnet is full."""
    result = Plan(
        {
            id: link.cidr or DEFAULT_SUBNET.format(100 + number // 256, number % 256)
            for number, (id, link) in enumerate(sorted(df.virtual_links.items()))
        }
    )
    free = {id: _addresses(id, cidr) for id, cidr in result.subnets.items()}
    for sap in df.sapds.values():
        if sap.virtual_link:
            result.ends.append(End(sap.virtual_link, None, sap.id, 0, next(free[sap.virtual_link])))
    for profile in df.vnf_profiles.values():
        for cp, link in profile.links.items():
            for index in range(numbers[profile.id].get(cp, 1)):
                result.ends.append(End(link, profile.id, cp, index, next(free[link])))
    return result


def by_ext_cp(df: model.NsDf, shapes: dict[str, model.VnfDf]) -> model.NsDf:
    """The flavour with the external CPs of VNFs, by profile, in place of the requirements that lead
    to them."""

    def named(profile: str | None, name: str) -> str:
        shape = shapes.get(profile or "")
        return (
            name if shape is None or name in shape.ext_cpds else shape.requirements.get(name, name)
        )

    def placed(position: model.NfpPosition) -> model.NfpPosition:
        return dataclasses.replace(
            position,
            elements=[
                [model.CpRef(named(cp.profile, cp.cp), cp.profile) for cp in element]
                for element in position.elements
            ],
        )

    return dataclasses.replace(
        df,
        vnf_profiles={
            id: dataclasses.replace(
                profile,
                links={
                    shapes[id].requirements.get(name, name): link
                    for name, link in profile.links.items()
                },
            )
            for id, profile in df.vnf_profiles.items()
        },
        vnffgds={
            id: dataclasses.replace(
                graph,
                nfps={
                    name: dataclasses.replace(
                        nfp, positions=[placed(position) for position in nfp.positions]
                    )
                    for name, nfp in graph.nfps.items()
                },
            )
            for id, graph in df.vnffgds.items()
        },
    )


def neighbours(made: Plan, profile: str, cp: str, link: str) -> list[Neighbour]:
    """Who else is on a CP's link, for its day-0 document."""
    seen: dict[tuple[str | None, str], Neighbour] = {}
    for end in made.ends:
        if end.link == link and (end.profile, end.cp) != (profile, cp):
            entry = seen.setdefault(
                (end.profile, end.cp), {"vnf": end.profile or "sap", "cp": end.cp, "addresses": []}
            )
            entry["addresses"].append(made.with_length(end))
    return list(seen.values())


def routes(df: model.NsDf, made: Plan) -> dict[tuple[str | None, str], list[Route]]:
    """Routes by (profile, CP): along each NFP, downstream VNFs go back through the one before them
    (default route), and those before, SAPs first of all, reach the links behind it."""
    result: dict[tuple[str | None, str], list[Route]] = {}
    for nfp in (nfp for graph in df.vnffgds.values() for nfp in graph.nfps.values()):
        stages = resources.stages(nfp)
        for number, out, into in (
            (number, *hop) for number, stage in enumerate(stages) for hop in stage
        ):
            via_out, via_in = made.of(out.profile, out.cp), made.of(into.profile, into.cp)
            if not via_out or not via_in:
                continue
            behind = {
                end.link
                for stage in stages[number + 1 :]
                for further, _ in stage
                for end in made.of(further.profile, further.cp)
            }
            forwards: list[Route] = [
                {"to": made.subnets[link], "via": via_in[0].address}
                for link in sorted(behind)
                if link != via_in[0].link
            ]
            _add(result, (out.profile, out.cp), forwards)
            _add(result, (into.profile, into.cp), [{"to": "0.0.0.0/0", "via": via_out[0].address}])
    return result


def chain(df: model.NsDf, made: Plan, profile: str) -> Chain:
    """Who comes before and after a VNF along the forwarding paths."""
    result: Chain = {"previous": [], "next": []}
    for nfp in (nfp for graph in df.vnffgds.values() for nfp in graph.nfps.values()):
        for out, into in resources.hops(nfp):
            for members, own, other in (
                (result["next"], out, into),
                (result["previous"], into, out),
            ):
                if own.profile == profile:
                    members.append(
                        {
                            "vnf": other.profile or "sap",
                            "cp": other.cp,
                            "addresses": [
                                made.with_length(end) for end in made.of(other.profile, other.cp)
                            ],
                        }
                    )
    return result


def order(df: model.NsDf) -> list[str]:
    """The VNF profiles as traffic meets them: along the forwarding paths first, then the others."""
    passed = [
        cp.profile
        for graph in df.vnffgds.values()
        for nfp in graph.nfps.values()
        for position in nfp.positions
        for cp in position.cps
        if cp.profile in df.vnf_profiles
    ]
    return list(dict.fromkeys([*(profile for profile in passed if profile), *df.vnf_profiles]))


def _addresses(link: str, cidr: str) -> Iterator[str]:
    subnet = ipaddress.ip_network(cidr)
    last = subnet.num_addresses - (2 if subnet.version == 4 else 1)
    for number in range(FIRST, last + 1):
        yield str(subnet[number])
    raise Problem(
        422,
        f"Virtual link {link}: its subnet {cidr} has too few addresses for everything that is attached to it.",
    )


def _add(
    result: dict[tuple[str | None, str], list[Route]],
    key: tuple[str | None, str],
    more: list[Route],
) -> None:
    known = result.setdefault(key, [])
    known += [route for route in more if route["to"] not in {item["to"] for item in known}]
