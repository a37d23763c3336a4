# SPDX-License-Identifier: Apache-2.0
"""The VNFCs of a VNF as demands on placement: what each needs, which rules of VNFD and NSD bind it.
Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from descriptors import model, resources, sizing
from mano.problems import Problem
from mano.sol.vnf_parameters import Need
from nfvo import affinity, capacity


def demands(
    profile: str, flavour: model.VnfDf, level: str | None, ns: model.NsDf
) -> Iterator[capacity.Demand]:
    """Every VNFC of a VNF profile at an instantiation level: "<profile>/<VDU>-<index>"."""
    for vdu, count in resources.instances(flavour, level).items():
        for index in range(count):
            yield capacity.Demand(
                id=f"{profile}/{vdu}-{index}",
                what=f"VNF {profile}, VNFC {vdu}-{index}",
                need=need(flavour, vdu),
                rules=rules(profile, flavour, vdu, ns),
            )


def need(flavour: model.VnfDf, vdu: str) -> Need:
    """What a VNFC takes from a host."""
    return cast(Need, sizing.spec(flavour, vdu))


def rules(
    profile: str, flavour: model.VnfDf, vdu: str, ns: model.NsDf | None = None
) -> affinity.Rules:
    """What VNFD and, with `ns`, NSD say of the VNFCs of a VDU.

    Problem 422 if no placement keeps it."""
    if reasons := [*refusals(flavour), *(refusals(ns) if ns else ())]:
        raise Problem(422, f"{profile}, VDU {vdu}: {'; '.join(reasons)}.")
    together: dict[str, set[str]] = {}
    apart: dict[str, set[str]] = {}
    names_by_kind = {affinity.AFFINITY: together, affinity.ANTI_AFFINITY: apart}
    for (kind, scope), vdus in resources.affinity(flavour, vdu).items():
        names_by_kind[kind].setdefault(scope, set()).update(f"{profile}/{name}" for name in vdus)
    if ns is not None:
        for (kind, scope), profiles in resources.affinity(ns, profile).items():
            # There is one instance of a profile: a rule on its own instances is kept.
            names_by_kind[kind].setdefault(scope, set()).update(profiles - {profile})
    return affinity.Rules(
        names=frozenset({profile, f"{profile}/{vdu}"}),
        together={scope: frozenset(names) for scope, names in together.items()},
        apart={scope: frozenset(names) for scope, names in apart.items()},
    )


def refusals(flavour: model.VnfDf | model.NsDf) -> Iterator[str]:
    """Which of a flavour's rules no placement keeps, what of its VDUs no VIM gives out, and why."""
    if isinstance(flavour, model.VnfDf):
        for vdu in flavour.vdus.values():
            yield from (
                f"VDU {vdu.id} asks for {what}, which no VIM gives out yet"
                for what in _not_given_out(flavour, vdu)
            )
    for rule in flavour.affinity:
        of_one_instance = rule.local and isinstance(flavour, model.NsDf)
        reason = affinity.refusal(rule.kind, rule.scope)
        if reason and not of_one_instance:
            yield f"rule {rule.id}: {reason}"


def _not_given_out(flavour: model.VnfDf, vdu: model.Vdu) -> Iterator[str]:
    """What a VDU asks for beyond the amounts that VIMs count, in words."""
    amounts = sizing.vnfc(flavour, vdu.id)
    if amounts.vfs:
        yield f"SR-IOV ({amounts.vfs} virtual functions)"
    for size, number in sorted(amounts.pages.items()):
        yield f"huge pages ({number} of {size} MiB)"
    if vdu.requirements.get("numa_enabled") or vdu.requirements.get("logical_node"):
        yield "NUMA nodes of its own"
