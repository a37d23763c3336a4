# SPDX-License-Identifier: Apache-2.0
"""The order of work: from what stands to a goal, one phase after the other."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from mano.composition.ledger import STANDING, Ledger, Row
from mano.composition.parts import Composition, Facts, Part, rank, resolve
from mano.sol.documents import Body

_OF_LINKS = ("network", "storage", "port")


class Verb(enum.Enum):
    """What is done in a phase."""

    MAKE = "make"
    CHANGE = "change"
    DROP = "drop"


@dataclass(frozen=True)
class Changes:
    """All that lies between what stands and a goal, each in the order in which it is done."""

    make: tuple[Part, ...] = ()
    change: tuple[Part, ...] = ()
    drop: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Phase:
    """What is asked side by side; the next phase is found when all of it is answered.

    To make and to change are parts of the goal, to drop are rows of the ledger."""

    verb: Verb
    parts: tuple[Part, ...] = ()
    rows: tuple[Row, ...] = ()


def compare(ledger: Ledger, goal: Composition, facts: Facts | None = None) -> Changes:
    """From what stands, never from another composition, to the goal."""
    names = {part.name for part in goal.parts.values()}
    ordered = goal.ordered()
    return Changes(
        make=tuple(part for part in ordered if not _is_made(ledger, part)),
        change=tuple(part for part in ordered if _differs(ledger, part, goal, facts or {})),
        drop=tuple(
            sorted(
                (row for row in ledger.values() if row.name not in names),
                key=lambda row: (-rank(row.kind), row.name),
            )
        ),
    )


def next_phase(changes: Changes) -> Phase | None:
    """The first thing to do; None where the goal is reached.

    What is unwanted and half-way goes first, for it may hold an address or room that is needed.
    Then: make, change up, switch, change down, drop. Paths and ports are switched all together."""
    if begun := [row for row in changes.drop if row.state not in STANDING]:
        return Phase(Verb.DROP, rows=_same_rank(begun))
    if changes.make:
        return Phase(Verb.MAKE, parts=_makeable(changes.make))
    for select in (_goes_up, _is_switched):
        if parts := tuple(part for part in changes.change if select(part)):
            return Phase(Verb.CHANGE, parts=parts)
    if changes.change:
        return Phase(Verb.CHANGE, parts=changes.change)
    if changes.drop:
        return Phase(Verb.DROP, rows=_same_rank(changes.drop))
    return None


def soft_values(part: Part, goal: Composition, facts: Facts | None = None) -> Body:
    """The soft values of a part, with names in the place of references."""
    values: Body = resolve(part.soft, goal.parts, facts or {})
    return values


def hard_values(part: Part, goal: Composition) -> Body:
    """The hard values of a part, with names in the place of references."""
    values: Body = resolve(part.hard, goal.parts, {})
    return values


def _makeable(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Those that need none of the others: first all that links consist of, then kind by kind."""
    if parts[0].kind not in _OF_LINKS:
        return tuple(part for part in parts if part.kind == parts[0].kind)
    to_come = {part.id for part in parts}
    return tuple(part for part in parts if part.kind in _OF_LINKS and not part.needs & to_come)


def _is_made(ledger: Ledger, part: Part) -> bool:
    return part.name in ledger and ledger[part.name].state in STANDING


def _differs(ledger: Ledger, part: Part, goal: Composition, facts: Facts) -> bool:
    if not _is_made(ledger, part):
        return False
    row = ledger[part.name]
    return row.state == "changing" or row.soft != soft_values(part, goal, facts)


def _goes_up(part: Part) -> bool:
    """What serves more afterwards is there before traffic is led to it."""
    return part.kind in ("vnf", "ns") or (
        part.kind == "compute" and part.soft.get("state") == "STARTED"
    )


def _is_switched(part: Part) -> bool:
    return part.kind in ("port", "path")


def _same_rank(rows: list[Row] | tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.kind == rows[0].kind)
