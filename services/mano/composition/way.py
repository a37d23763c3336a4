# SPDX-License-Identifier: Apache-2.0
"""Which compositions lie between what stands and a target.

Surge, rolling, break before make and stop before terminate are compositions in between: the order
of work between two compositions is always the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mano.composition.parts import Composition, Part


@dataclass(frozen=True)
class Rules:
    """How an operation may go about it.

    How many VNFCs are replaced at a time, whether what runs is stopped before it is dropped, and
    for how many computes there is `room` beside those that stand: without, the old go first."""

    surge: int = 1
    stop_first: bool = False
    room: int = 1


def way(standing: Composition, target: Composition, rules: Rules) -> list[Composition]:
    """The compositions to pass, the target last.

    Replaced computes go in batches. Where a batch has no room beside the old ones, the old ones go
    first."""
    goals = [_stopped(standing)] if rules.stop_first and standing.parts else []
    return [*goals, *_replacements(standing, target, rules), target]


def _replacements(
    standing: Composition, target: Composition, rules: Rules
) -> Iterator[Composition]:
    """The compositions before the target: what goes anyway is gone, then batch after batch."""
    room = rules.room
    replaced = [
        part
        for part in target.of_kind("compute")
        if part.id in standing.parts and standing.parts[part.id].name != part.name
    ]
    added = sum(part.id not in standing.parts for part in target.of_kind("compute"))
    going = {id for id in standing.parts if id not in target.parts}
    freed = sum(standing.parts[id].kind == "compute" for id in going)
    parts = dict(standing.parts)
    if replaced or added > room:
        parts |= {id: part for id, part in target.parts.items() if part.kind != "compute"}
    if freed and added + bool(replaced) > room:
        parts = {id: part for id, part in parts.items() if id not in going}
        yield _passable(standing, parts)
        room += freed
    for batch in _batches(replaced, max(1, min(rules.surge, room - added))):
        ids = {part.id for part in batch}
        if room - added < len(batch):
            parts = {id: part for id, part in parts.items() if id not in ids}
            yield _passable(standing, parts)
        parts |= {part.id: part for part in batch}
        yield _passable(standing, parts)


def _passable(standing: Composition, parts: dict[str, Part]) -> Composition:
    return Composition(standing.head, dict(parts))


def _batches(parts: list[Part], size: int) -> Iterator[list[Part]]:
    for first in range(0, len(parts), size):
        yield parts[first : first + size]


def _stopped(composition: Composition) -> Composition:
    """The same, with every compute stopped."""
    parts = {
        id: replace(part, soft={**part.soft, "state": "STOPPED"})
        if part.kind == "compute"
        else part
        for id, part in composition.parts.items()
    }
    return Composition(composition.head, parts)
