# SPDX-License-Identifier: Apache-2.0
"""A network service as one value: what NSD and VNFDs together say of it.

What else is known of it is derived, and only when asked for. What is onboarded never changes, so
the instances of an NSD share it, for as long as their process lives."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypedDict

from descriptors import model, resources
from mano import store
from mano.problems import Problem
from mano.sol.documents import Body
from mano.sol.vnf_parameters import Chain, Route
from nfvo import addressing, capacity, onboarded, vnfcs

INSTANCES = "ns_instances"


@dataclass(frozen=True)
class Constituent:
    """A VNF of the network service, as it is to be instantiated."""

    profile: model.VnfProfile  # its links by external CP
    flavour: model.VnfDf
    level: str | None
    package: str  # its VNF package


@dataclass(frozen=True)
class NetworkService:
    """A flavour of an NSD with its VNFs.

    External CPs stand where the NSD names requirements of VNFs that lead to them."""

    flavour: model.NsDf
    vnfs: Mapping[str, Constituent]  # by VNF profile, in the order of the NSD

    @functools.cached_property
    def demands(self) -> list[capacity.Demand]:
        """Every VNFC, to be placed."""
        return [
            demand
            for profile, vnf in self.vnfs.items()
            for demand in vnfcs.demands(profile, vnf.flavour, vnf.level, self.flavour)
        ]

    @functools.cached_property
    def addresses(self) -> addressing.Addresses:
        """The address of every CP and SAP."""
        numbers = {profile: dict(_cp_numbers(vnf)) for profile, vnf in self.vnfs.items()}
        return addressing.plan(self.flavour, numbers)

    @functools.cached_property
    def routes(self) -> dict[addressing.CpKey, list[Route]]:
        """By CP or SAP, the routes that forwarding paths need."""
        return addressing.routes(self.flavour, self.addresses)

    @functools.cached_property
    def chains(self) -> dict[str | None, Chain]:
        """By VNF profile, who comes before and after it."""
        return addressing.chains(self.flavour, self.addresses)

    @functools.cached_property
    def paths(self) -> dict[str, model.Nfpd]:
        """The forwarding paths by `<VNFFG>/<NFP>`."""
        return {
            f"{graph.id}/{nfp.id}": nfp
            for graph in self.flavour.vnffgds.values()
            for nfp in graph.nfps.values()
        }

    def check(self) -> None:
        """Problem 422 for what can be known before anything is made.

        There are VNFs; subnets have room; rules can be kept; paths lead through what is there."""
        if not self.vnfs:
            raise Problem(422, f"NS flavour {self.flavour.id} has no VNFs; nothing to instantiate.")
        _ = self.demands, self.addresses  # each is refused while it is made
        for id, path in self.paths.items():
            for position in path.positions:
                for cp in position.cps:
                    self._check_passable(id, cp)

    def _check_passable(self, path: str, cp: model.CpRef) -> None:
        if not self.addresses.of(cp.profile, cp.cp):
            whose = f"VNF {cp.profile}'s" if cp.profile else "SAP"
            raise Problem(
                422, f"Path {path} leads over {whose} {cp.cp}, which has no port on any link."
            )

    @property
    def saps(self) -> list[model.Sapd]:
        """The service access points that are on a link."""
        return [sap for sap in self.flavour.sapds.values() if sap.virtual_link]


class Sources(TypedDict):
    """From which packages a network service is made: they stay as long as it has an instance."""

    nsd: str
    flavour: str
    packages: dict[str, str]  # by VNF profile


REMEMBERED = 256
_remembered: dict[str, NetworkService] = {}


def sources(tx: store.Transaction, nsd: str, flavour: str) -> Sources:
    """Those of a flavour of an NSD. Problem 409 if one of its VNF packages is gone or DISABLED."""
    profiles = onboarded.ns_flavour(tx, nsd, flavour).vnf_profiles
    packages = {id: _package(tx, profile) for id, profile in profiles.items()}
    return {"nsd": nsd, "flavour": flavour, "packages": packages}


def read(tx: store.Transaction, sources: Sources) -> NetworkService:
    """The network service. Problem 422 if a VNF package has not what the NSD asks of it."""
    key = json.dumps(sources, sort_keys=True)
    if key not in _remembered:
        if len(_remembered) >= REMEMBERED:
            _remembered.clear()
        _remembered[key] = _build(tx, sources)
    return _remembered[key]


def profiles(tx: store.Transaction, instance: Body) -> dict[str, model.VnfProfile]:
    """The VNF profiles of the flavour that an instance has or was to have, as the NSD has them.

    No VNFD needs to be there any more. None where nothing was placed yet."""
    if "_resources" not in instance:
        return {}
    flavour = instance["_resources"]["flavour"]
    return onboarded.ns_flavour(tx, instance["nsdInfoId"], flavour).vnf_profiles


def _build(tx: store.Transaction, sources: Sources) -> NetworkService:
    described = onboarded.ns_flavour(tx, sources["nsd"], sources["flavour"])
    flavours = {
        id: _vnf_flavour(tx, profile, sources["packages"][id])
        for id, profile in described.vnf_profiles.items()
    }
    resolved = by_ext_cp(described, flavours)
    vnfs = {
        id: Constituent(profile, flavours[id], profile.level, sources["packages"][id])
        for id, profile in resolved.vnf_profiles.items()
    }
    return NetworkService(resolved, vnfs)


def by_ext_cp(df: model.NsDf, flavours: Mapping[str, model.VnfDf]) -> model.NsDf:
    """The flavour with external CPs, by profile, in place of the requirements that lead to them."""
    profiles = {id: _with_ext_cps(profile, flavours[id]) for id, profile in df.vnf_profiles.items()}
    graphs = {
        id: dataclasses.replace(graph, nfps=_by_ext_cp(graph.nfps, flavours))
        for id, graph in df.vnffgds.items()
    }
    return dataclasses.replace(df, vnf_profiles=profiles, vnffgds=graphs)


def _package(tx: store.Transaction, profile: model.VnfProfile) -> str:
    try:
        return onboarded.usable(tx, profile.vnfd_id, 409)
    except Problem as problem:
        problem.detail = f"VNF profile {profile.id}: {problem.detail}"
        raise


def _vnf_flavour(tx: store.Transaction, profile: model.VnfProfile, package: str) -> model.VnfDf:
    vnfd = onboarded.vnfd(tx, package)
    if profile.flavour not in vnfd.flavours:
        raise Problem(
            422,
            f"VNF profile {profile.id} asks for flavour {profile.flavour!r}; VNFD {vnfd.id} has "
            f"{', '.join(sorted(vnfd.flavours))}.",
        )
    return vnfd.flavours[profile.flavour]


def _cp_numbers(vnf: Constituent) -> Iterator[tuple[str, int]]:
    """How many there are of each external CP: as many as of the VDU or VIP that it exposes."""
    vnfcs_by_vdu = resources.instances(vnf.flavour, vnf.level)
    for ext_cpd in vnf.flavour.ext_cpds.values():
        if ext_cpd.cpd in vnf.flavour.cpds:
            yield ext_cpd.id, vnfcs_by_vdu.get(vnf.flavour.cpds[ext_cpd.cpd].vdu, 1)
    yield from resources.vips(vnf.flavour, vnf.level).items()


def _with_ext_cps(profile: model.VnfProfile, flavour: model.VnfDf) -> model.VnfProfile:
    links = {flavour.requirements.get(name, name): link for name, link in profile.links.items()}
    return dataclasses.replace(profile, links=links)


def _by_ext_cp(
    nfps: Mapping[str, model.Nfpd], flavours: Mapping[str, model.VnfDf]
) -> dict[str, model.Nfpd]:
    return {
        id: dataclasses.replace(
            nfp, positions=[_position(position, flavours) for position in nfp.positions]
        )
        for id, nfp in nfps.items()
    }


def _position(
    position: model.NfpPosition, flavours: Mapping[str, model.VnfDf]
) -> model.NfpPosition:
    elements = [[_ext_cp(cp, flavours) for cp in element] for element in position.elements]
    return dataclasses.replace(position, elements=elements)


def _ext_cp(cp: model.CpRef, flavours: Mapping[str, model.VnfDf]) -> model.CpRef:
    flavour = flavours.get(cp.profile or "")
    if flavour is None or cp.cp in flavour.ext_cpds:
        return cp
    return model.CpRef(flavour.requirements.get(cp.cp, cp.cp), cp.profile)
