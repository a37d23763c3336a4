# SPDX-License-Identifier: Apache-2.0
"""The way of an operation as it is stored: a leg for each instance that it is about.

Written where a leg begins, where a goal is reached and where the aim changes, not for each
request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mano import store
from mano.composition import (
    Composition,
    Promise,
    Rules,
    fallen,
    promise,
    reached,
    renew,
    restore,
    settle,
    way,
)
from mano.lcm import composition, ledger

KIND = "legs"


@dataclass
class Leg:
    """The way of one instance: from the former composition over the goals, `at` the present one.

    `target` is what the operation is for, whichever way it goes now."""

    instance: str
    former: Composition
    target: Composition
    goals: list[Composition]
    at: int = 0

    @property
    def goal(self) -> Composition | None:
        """What is led to now; None behind the last."""
        return self.goals[self.at] if self.at < len(self.goals) else None

    @property
    def last(self) -> Composition:
        """What is to be, as far as it was led: the goal that was reached last.

        What had to go on the way to make room for its successor is still to be: it keeps its id."""
        if not self.at:
            return self.former
        goal = self.goals[self.at - 1]
        aim = self.goals[-1].parts
        away = {id: part for id, part in self.former.parts.items() if id in aim}
        return Composition(goal.head, {**away, **goal.parts})


@dataclass
class Way:
    """All legs of an operation; `turns` counts how often it was begun, retried, rolled back."""

    document: store.Document
    legs: list[Leg]
    turns: int = 0
    back: bool = False
    rules: Rules = field(default_factory=Rules)

    def current(self) -> Leg | None:
        """The leg that is under way: forwards in their order, backwards in the reverse."""
        legs = reversed(self.legs) if self.back else self.legs
        return next((leg for leg in legs if leg.goal is not None), None)

    def save(self, tx: store.Transaction) -> None:
        self.document.body = {
            "turns": self.turns,
            "back": self.back,
            "rules": vars(self.rules),
            "legs": [
                {
                    "instance": leg.instance,
                    "former": leg.former.dump(),
                    "target": leg.target.dump(),
                    "goals": [goal.dump() for goal in leg.goals],
                    "at": leg.at,
                }
                for leg in self.legs
            ],
        }
        tx.put(self.document)


def begin(tx: store.Transaction, operation: str, rules: Rules | None = None) -> Way:
    """A way without legs yet, of an operation that has none."""
    document = tx.add(KIND, operation, {}, owner=operation)
    return Way(document, [], rules=rules or Rules())


def get(tx: store.Transaction, operation: str) -> Way:
    """The way of an operation, locked."""
    document = tx.get(KIND, operation, lock=True)
    body = document.body
    legs = [
        Leg(
            leg["instance"],
            Composition.load(leg["former"]),
            Composition.load(leg["target"]),
            [Composition.load(goal) for goal in leg["goals"]],
            leg["at"],
        )
        for leg in body["legs"]
    ]
    return Way(document, legs, body["turns"], body["back"], Rules(**body["rules"]))


def add(
    tx: store.Transaction,
    way_: Way,
    stored: composition.Stored,
    wanted: Composition,
    gone: frozenset[str] = frozenset(),
) -> Leg:
    """Leads an instance to a composition (built from `stored`, without incarnations).

    `gone` are ids of parts that stand and are to be replaced. What is recorded and does not stand
    gets another incarnation in any case."""
    rows = ledger.rows(tx, stored.document.id)
    gone |= fallen(rows, stored.composition)
    target = settle(stored.composition, wanted, stored.marks, gone)
    standing = reached(rows, [stored.composition], target)
    goals = way(standing, target, way_.rules)
    leg = Leg(stored.document.id, stored.composition, target, goals)
    way_.legs.append(leg)
    stored.save(tx)
    return leg


def promises(tx: store.Transaction, way_: Way) -> list[Promise]:
    """What each leg is going to do with resources, before it does it."""
    return [promise(ledger.rows(tx, leg.instance), leg.goals) for leg in way_.legs]


def go_on(tx: store.Transaction, leg: Leg, dead: frozenset[str]) -> None:
    """The leg leads on to the same aim, with other incarnations of what died (names)."""
    if not dead:
        return
    stored = composition.get(tx, leg.instance)
    leg.at = min(leg.at, len(leg.goals) - 1)  # a leg that was whole is no longer
    leg.goals[leg.at :] = renew(leg.goals[leg.at :], dead, stored.marks)
    stored.save(tx)


def aim(tx: store.Transaction, leg: Leg, at: Composition, rules: Rules) -> None:
    """The leg leads to another composition from now on: back to the former, or on to the target.

    Its parts keep the incarnations that stand."""
    stored = composition.get(tx, leg.instance)
    rows = ledger.rows(tx, leg.instance)
    known: Sequence[Composition] = [leg.former, *leg.goals]
    goal = restore(at, known, rows, stored.marks)
    standing = reached(rows, known, goal)
    leg.goals, leg.at = way(standing, goal, rules), 0
    stored.save(tx)


def instances(tx: store.Transaction, operation: str) -> list[str]:
    """The ids of the instances that an operation leads."""
    document = tx.look(KIND, operation)
    return [leg["instance"] for leg in document.body["legs"]] if document else []


def end(tx: store.Transaction, operation: str) -> None:
    """The operation has ended: the goal each leg has reached last is what its instance is."""
    document = tx.look(KIND, operation, lock=True)
    if document is None:
        return
    for leg in get(tx, operation).legs:
        composition.get(tx, leg.instance).end(tx, leg.last)
    tx.remove(document)
