# SPDX-License-Identifier: Apache-2.0
"""Affinity and anti-affinity (IFA011 7.1.8.11, IFA014 6.3.8) on VNFCs that are to be placed. Pure.

A want goes by names: its VNF profile, and `<profile>/<VDU>`. What it is to be with or apart from
are such names, by scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from descriptors import model, resources
from mano.problems import Problem

Want = dict[str, Any]
KINDS = {"affinity": "with", "anti-affinity": "apart"}
OUT_OF_REACH = ("nfvi_pop", "zone_group")


def of_vnfc(vnf: str, df: model.VnfDf, vdu: str, ns: model.NsDf | None = None) -> dict[str, Any]:
    """The rules of the VNFD and, with `ns`, of the NSD on a VNFC of a VDU: what a want says of
    them.

    Problem 422 where a rule asks to be apart in a way that cannot be kept: all of a service goes to
    one VIM."""
    found: dict[str, Any] = {"members": {vnf, f"{vnf}/{vdu}"}, "with": {}, "apart": {}}
    rules = [
        (rule, {f"{vnf}/{name}" for name in names})
        for rule, names in resources.affinity(df, vdu).items()
    ]
    if ns is not None:
        rules += [
            (rule, names) for rule, names in resources.affinity(ns, vnf).items() if names != {vnf}
        ]
    for (kind, scope), names in rules:
        if kind == "anti-affinity" and scope in OUT_OF_REACH:
            raise Problem(
                422,
                f"{vnf}, VDU {vdu}: anti-affinity with scope {scope} cannot be kept, since a whole network service "
                "or VNF goes to one VIM; use nfvi_node or zone.",
            )
        found[KINDS[kind]].setdefault(scope, set()).update(names)
    return found


def units(wants: Iterable[Want]) -> list[list[Want]]:
    """The wants that must share a zone, in the order of their first; each of the others alone."""
    found: list[list[Want]] = []
    for want in wants:
        joined = [unit for unit in found if any(_together(want, other) for other in unit)]
        if joined:
            joined[0].extend([*(other for unit in joined[1:] for other in unit), want])
            found = [unit for unit in found if not any(unit is other for other in joined[1:])]
        else:
            found.append([want])
    return found


def clash(
    unit: Iterable[Want], there: Iterable[Want], scopes: Iterable[str]
) -> tuple[Want, Want, str] | None:
    """Two that a rule of these scopes keeps apart, one of the unit and one that is there (or of the
    unit too), and its scope."""
    unit = list(unit)
    for number, want in enumerate(unit):
        for other in [*there, *unit[:number]]:
            for scope in scopes:
                if _named(want, "apart", scope) & _names(other) or _named(
                    other, "apart", scope
                ) & _names(want):
                    return want, other, scope
    return None


def _together(one: Want, other: Want) -> bool:
    return any(
        _named(one, "with", scope) & _names(other) or _named(other, "with", scope) & _names(one)
        for scope in {*one.get("with", {}), *other.get("with", {})} - set(OUT_OF_REACH)
    )


def _names(want: Want) -> set[str]:
    return set(want.get("members", ()))


def _named(want: Want, kind: str, scope: str) -> set[str]:
    return set(want.get(kind, {}).get(scope, ()))
