# SPDX-License-Identifier: Apache-2.0
"""Each rule of compositions taken out, one at a time: the faults of `test_composition` find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import test_composition as faults
import world

from mano import composition
from mano.composition import Changes, Composition, Ledger, Marks, Phase, Verb, compare, settle

Patch = pytest.MonkeyPatch


def _same_incarnation_again(patch: Patch) -> None:
    patch.setattr(Marks, "next_incarnation", lambda marks, id: 1)


def _numbers_go_back(patch: Patch) -> None:
    """A rollback takes back what it has not used."""
    roll_back = world.Instance.roll_back

    def forgetful(instance: world.Instance) -> None:
        roll_back(instance)
        instance.marks.numbers = {"web": 1}
        instance.marks.incarnations = dict.fromkeys(instance.marks.incarnations, 1)

    patch.setattr(world.Instance, "roll_back", forgetful)


def _what_was_begun_is_not_looked_for(patch: Patch) -> None:
    patch.setattr(composition, "buried", lambda ledger, alive: {})


def _a_way_begins_at_what_is_aimed_at(patch: Patch) -> None:
    patch.setattr(composition, "reached", lambda ledger, known, goal: goal)


def _a_rollback_leads_to_the_former_itself(patch: Patch) -> None:
    patch.setattr(composition, "restore", lambda former, goals, ledger, marks: former)


def _a_retry_is_the_same_goals_again(patch: Patch) -> None:
    patch.setattr(composition, "renew", lambda goals, dead, marks: list(goals))


def _a_restored_part_stands_beside_its_equal(patch: Patch) -> None:
    """An incarnation that was made meanwhile does not take a lost one's place."""

    def restore(former: Composition, goals: Any, ledger: Ledger, marks: Marks) -> Composition:
        bare = {id: part.incarnated(0) for id, part in former.parts.items()}
        gone = composition.fallen(ledger, former)
        return settle(former, Composition(former.head, bare), marks, gone)

    patch.setattr(composition, "restore", restore)


def _drops_come_first(patch: Patch) -> None:
    original = composition.next_phase

    def hasty(changes: Changes) -> Phase | None:
        if changes.drop:
            same = [row for row in changes.drop if row.kind == changes.drop[0].kind]
            return Phase(Verb.DROP, rows=tuple(same))
        return original(changes)

    patch.setattr(composition, "next_phase", hasty)


def _what_is_half_way_waits(patch: Patch) -> None:
    """Unwanted and half-made, it goes only when all else is done."""
    original = composition.next_phase

    def patient(changes: Changes) -> Phase | None:
        return original(replace(changes, drop=())) or original(changes)

    patch.setattr(composition, "next_phase", patient)


def _a_change_that_was_begun_counts_as_done(patch: Patch) -> None:
    original = compare

    def trusting(ledger: Ledger, goal: Composition, facts: Any = None) -> Changes:
        rows = {
            name: replace(row, state="stands") if row.state == "changing" else row
            for name, row in ledger.items()
        }
        return original(rows, goal, facts)

    def act(instance: world.Instance, phase: Phase, goal: Composition) -> None:
        """The row says what is meant before it is done."""
        if phase.verb is Verb.CHANGE:
            for part in phase.parts:
                soft = world.soft_values(part, goal)
                instance.ledger[part.name] = replace(instance.ledger[part.name], soft=soft)
        original_act(instance, phase, goal)

    original_act = world.Instance._act
    patch.setattr(composition, "compare", trusting)
    patch.setattr(world.Instance, "_act", act)


def _nothing_goes_to_make_room(patch: Patch) -> None:
    patch.setattr(composition, "way", lambda standing, target, rules: [target])


def _a_made_part_is_recorded_only_afterwards(patch: Patch) -> None:
    """Whoever dies in between knows nothing of it."""
    original = world.Instance._act

    def act(instance: world.Instance, phase: Phase, goal: Composition) -> None:
        before = dict(instance.ledger)
        try:
            original(instance, phase, goal)
        except (world.CrashError, world.RefusedError):
            made = {name for name, row in instance.ledger.items() if row.state == "making"}
            instance.ledger = {
                name: row for name, row in instance.ledger.items() if name not in made - set(before)
            }
            raise

    patch.setattr(world.Instance, "_act", act)


MUTANTS: list[Callable[[Patch], None]] = [
    _same_incarnation_again,
    _numbers_go_back,
    _what_was_begun_is_not_looked_for,
    _a_way_begins_at_what_is_aimed_at,
    _a_rollback_leads_to_the_former_itself,
    _a_retry_is_the_same_goals_again,
    _a_restored_part_stands_beside_its_equal,
    _drops_come_first,
    _what_is_half_way_waits,
    _a_change_that_was_begun_counts_as_done,
    _nothing_goes_to_make_room,
    _a_made_part_is_recorded_only_afterwards,
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__.strip("_"))
def test_a_rule_that_is_taken_out_is_missed(
    mutant: Callable[[Patch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    with pytest.raises((AssertionError, world.RefusedError, KeyError, IndexError)):
        _all_faults()


def _all_faults() -> None:
    for capacity in (12, 3):
        for change in faults.CHANGES:
            if capacity == 3 and faults.CHANGES[change].get("web", 0) > 2:
                continue
            for verb in ("retry", "rollback"):
                faults.test_whatever_fails_at_any_call_retry_completes_and_rollback_restores(
                    change, capacity, verb
                )
