# SPDX-License-Identifier: Apache-2.0
"""What an operation is going to do with resources, before it does it: what a grant and a dry run
say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mano.composition.compare import compare
from mano.composition.ledger import Ledger
from mano.composition.parts import Composition, Part


@dataclass(frozen=True)
class Promise:
    """The four lists of a GrantRequest (SOL003 9.5.2.2), names of resources, and the parts of
    those that come to be, by name."""

    add: tuple[str, ...]
    temp: tuple[str, ...]  # on the way only
    remove: tuple[str, ...]
    update: tuple[str, ...]
    parts: dict[str, Part]


def promise(ledger: Ledger, goals: Sequence[Composition]) -> Promise:
    """What the way through `goals` adds, removes, changes, and has on the way only."""
    target = goals[-1]
    passed = {part.name: part for goal in goals for part in goal.ordered()}
    final = {part.name for part in target.ordered()}
    added = [name for name in passed if name not in ledger]
    return Promise(
        add=tuple(name for name in added if name in final),
        temp=tuple(name for name in added if name not in final),
        remove=tuple(name for name in ledger if name not in final),
        update=tuple(part.name for part in compare(ledger, target).change),
        parts={name: passed[name] for name in added},
    )
