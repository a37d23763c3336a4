# SPDX-License-Identifier: Apache-2.0
"""Which incarnation each part has: where one is kept, and where another one takes its place.

Heal, retry in a changed world, rollback and repair of drift are all this, with another idea of what
is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mano.composition.ledger import Ledger, fallen, reached
from mano.composition.parts import Composition, Marks, Part


def settle(
    former: Composition, wanted: Composition, marks: Marks, gone: frozenset[str] = frozenset()
) -> Composition:
    """The wanted composition with incarnations.

    A part keeps the former's, unless it is new, differs in a hard value, is `gone` (ids), or needs
    one that is replaced. One that comes with an incarnation is taken over with it."""
    parts: dict[str, Part] = {}
    fresh: set[str] = set()
    for part in wanted.ordered():
        before = former.parts.get(part.id)
        if part.incarnation and part.id not in gone:
            marks.take_over(part)
            parts[part.id] = part
        elif part.id in gone or _is_other(before, part) or fresh & part.needs:
            fresh.add(part.id)
            parts[part.id] = part.incarnated(marks.next_incarnation(part.id))
        else:
            parts[part.id] = part.incarnated(before.incarnation if before else 0)
    return Composition(wanted.head, parts)


def restore(
    former: Composition, goals: Sequence[Composition], ledger: Ledger, marks: Marks
) -> Composition:
    """The goal of a rollback: the former composition, with new incarnations of what fell.

    An incarnation that was made on the way to `goals` and equals a lost one takes its place."""
    standing = reached(ledger, goals, former).parts
    base = {
        id: standing[id] if id in standing and standing[id].hard == part.hard else part
        for id, part in former.parts.items()
    }
    composition = Composition(former.head, base)
    bare = Composition(former.head, {id: part.incarnated(0) for id, part in former.parts.items()})
    return settle(composition, bare, marks, fallen(ledger, composition))


def renew(goals: Sequence[Composition], dead: frozenset[str], marks: Marks) -> list[Composition]:
    """The goals still ahead with other incarnations of what died (names), the same in each."""
    incarnations: dict[str, int] = {}
    return [_renewed(goal, dead, marks, incarnations) for goal in goals]


def _is_other(before: Part | None, part: Part) -> bool:
    return before is None or before.incarnation == 0 or before.hard != part.hard


def _renewed(
    goal: Composition, dead: frozenset[str], marks: Marks, incarnations: dict[str, int]
) -> Composition:
    parts: dict[str, Part] = {}
    fresh: set[str] = set()
    for part in goal.ordered():
        if part.name in dead or fresh & part.needs:
            fresh.add(part.id)
            if part.name not in incarnations:
                incarnations[part.name] = marks.next_incarnation(part.id)
            part = replace(part, incarnation=incarnations[part.name])
        parts[part.id] = part
    return Composition(goal.head, parts)
