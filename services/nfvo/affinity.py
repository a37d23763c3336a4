# SPDX-License-Identifier: Apache-2.0
"""Affinity and anti-affinity (IFA011 7.1.8.11, IFA014 6.3.8) between VNFCs to be placed. Pure.

A VNFC goes by names: its VNF profile, and `<profile>/<VDU>`. What it is to be with or apart from
are such names, by scope. A zone is the smallest thing that is chosen here, and all of a network
service goes to one VIM; from that follows which scopes can be kept:

    zone                                kept
    nfvi_node, network_link_and_node    kept where a zone is a node (bare metal). Elsewhere the VIM
                                        chooses the node: apart are zones apart, which is more than
                                        is asked; together cannot be promised
    zone_group, nfvi_pop                together: kept by the one VIM. Apart cannot be
    those of containers, others         cannot be kept
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

AFFINITY, ANTI_AFFINITY = "affinity", "anti-affinity"
NODE = ("nfvi_node", "network_link_and_node")
CHOSEN = ("zone", *NODE)  # the scopes that the choice of a zone decides
WHOLE_VIM = ("zone_group", "nfvi_pop")
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rules:
    """The names of a VNFC, and by scope the names of those it is to be with or apart from."""

    names: frozenset[str] = frozenset()
    together: Mapping[str, frozenset[str]] = field(default_factory=dict)
    apart: Mapping[str, frozenset[str]] = field(default_factory=dict)


NO_RULES = Rules()


class Bound(Protocol):
    """What is bound by rules."""

    @property
    def rules(self) -> Rules:
        """Those of VNFD and NSD."""


B = TypeVar("B", bound=Bound)


def refusal(kind: str, scope: str) -> str:
    """Why no placement can keep a rule of this kind and scope; "" if one can."""
    if scope in WHOLE_VIM and kind == ANTI_AFFINITY:
        return (
            f"{kind} with scope {scope} cannot be kept, since a whole network service or VNF goes "
            "to one VIM; use nfvi_node or zone"
        )
    if scope not in (*CHOSEN, *WHOLE_VIM):
        return f"{kind} with scope {scope} cannot be kept; use nfvi_node or zone"
    return ""


def units(items: Sequence[B]) -> list[list[B]]:
    """Those that must share a zone, in the order of their first; each of the others alone."""
    if not any(item.rules.together for item in items):
        return [[item] for item in items]
    groups: list[list[B]] = []
    for item in items:
        joined = [group for group in groups if any(scopes_together(item, other) for other in group)]
        if not joined:
            groups.append([item])
            continue
        first, *others = joined
        for group in others:
            first.extend(group)
        first.append(item)
        groups = [group for group in groups if not any(group is other for other in others)]
    return groups


def clash(unit: Sequence[B], neighbours: Sequence[B]) -> tuple[B, B, str] | None:
    """Two that a rule keeps apart and its scope: one of the unit, one of it or the neighbours."""
    for number, item in enumerate(unit):
        for other in (*neighbours, *unit[:number]):
            if not item.rules.apart and not other.rules.apart:
                continue
            for scope in scopes_apart(item, other):
                return item, other, scope
    return None


def scopes_together(one: Bound, other: Bound) -> list[str]:
    """The scopes by which two must share a zone."""
    return list(_scopes(one.rules, one.rules.together, other.rules, other.rules.together))


def scopes_apart(one: Bound, other: Bound) -> list[str]:
    """The scopes by which two must not share a zone."""
    return list(_scopes(one.rules, one.rules.apart, other.rules, other.rules.apart))


def _scopes(
    one: Rules,
    of_one: Mapping[str, frozenset[str]],
    other: Rules,
    of_other: Mapping[str, frozenset[str]],
) -> Iterator[str]:
    if of_one or of_other:
        for scope in CHOSEN:
            if of_one.get(scope, NOBODY) & other.names or of_other.get(scope, NOBODY) & one.names:
                yield scope
