# SPDX-License-Identifier: Apache-2.0
"""What stands: a row for every resource, from before its first request to after its last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from mano.composition.parts import Composition, Kind, Part
from mano.sol.documents import Body

# A state that ends in -ing says what was begun: whether it was done is not known until it is asked
State = Literal["making", "stands", "changing", "dropping"]
STANDING: frozenset[State] = frozenset({"stands", "changing"})


@dataclass(frozen=True)
class Row:
    """A resource: which part it stands for, how far it is, and the soft values it has.

    `template` is its part's, `detail` what the one who made it says of it (its id at the VIM, where
    it is)."""

    name: str
    kind: Kind
    state: State
    soft: Body = field(default_factory=dict)
    template: str = ""
    detail: Body = field(default_factory=dict)

    @property
    def part(self) -> str:
        """The id of the part."""
        return self.name.rpartition(".")[0]


Ledger = Mapping[str, Row]  # by name


def stands(ledger: Ledger, name: str) -> bool:
    """Whether there is the whole resource, as far as is known."""
    return name in ledger and ledger[name].state in STANDING


def fallen(ledger: Ledger, composition: Composition) -> frozenset[str]:
    """The ids of parts that are to be and do not stand: their names are spent."""
    return frozenset(
        part.id
        for part in composition.parts.values()
        if part.name not in ledger or ledger[part.name].state == "dropping"
    )


def reached(ledger: Ledger, known: Iterable[Composition], goal: Composition) -> Composition:
    """The composition that stands: of each part the incarnation the goal wants, else another one.

    A way begins here. If it began at what was only aimed at, it would make things in order to drop
    them. `known` are the compositions that what stands can come from."""
    parts: dict[str, Part] = {}
    for composition in [*known, goal]:
        for part in composition.parts.values():
            if stands(ledger, part.name):
                parts[part.id] = part
    return Composition(goal.head, parts)


def buried(ledger: Ledger, alive: frozenset[str]) -> dict[str, Row]:
    """The rows of what was begun or stood and is not there (any more).

    They are to be dropped: a late request may still make them, and the VIM closes the name of what
    is dropped; so it is never made under that name again."""
    return {
        row.name: replace(row, state="dropping")
        for row in ledger.values()
        if row.state != "dropping" and row.name not in alive
    }
