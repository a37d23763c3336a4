# SPDX-License-Identifier: Apache-2.0
"""Compositions and what leads from one to the other, in a world with faults at any call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import Fault, Instance, RefusedError, Vim, service

from mano import composition
from mano.composition import Composition, Marks, Part, Row

HEAD = {"image": "a", "lan": "lan", "web": 2, "state": "STARTED", "path": True}
CHANGES: dict[str, dict[str, Any]] = {
    "scale out": {"web": 4},
    "scale in": {"web": 1},
    "another image": {"image": "b"},
    "another link": {"lan": "dmz"},
    "stopped": {"state": "STOPPED"},
    "no path": {"path": False},
    "heal": {"dead": ("web-1.1", "web-1/cp.1")},
    "all at once": {"web": 3, "image": "b", "lan": "dmz", "state": "STOPPED"},
    "gone": {},
}
FAULTS: tuple[Fault, ...] = ("error", "before", "after")


def _running(capacity: int = 12) -> Instance:
    instance = Instance(Vim(capacity))
    instance.begin(service(instance.marks, Composition(), **HEAD), 1)
    instance.run()
    instance.vim.calls = 0
    return instance


def _begin(instance: Instance, change: dict[str, Any], surge: int = 1) -> None:
    wanted = Composition()
    if dead := change.get("dead"):
        for name in dead:
            instance.vim.kill(name)
        instance.retry()  # finds it
    if change:
        head = {**instance.composition.head, **change}
        head.pop("dead", None)
        wanted = service(instance.marks, instance.composition, **head)
    instance.begin(wanted, surge)


def _assert_whole(instance: Instance) -> None:
    """VIM, ledger and composition agree."""
    names = {part.name for part in instance.composition.parts.values()}
    assert names == set(instance.ledger) == set(instance.vim.live)
    assert {row.state for row in instance.ledger.values()} <= {"stands"}
    for name, row in instance.ledger.items():
        assert instance.vim.live[name]["soft"] == row.soft, name


def _content(composition: Composition) -> dict[str, tuple[object, ...]]:
    """What it is but for incarnations."""
    return {id: (part.hard, part.soft) for id, part in composition.parts.items()}


@pytest.mark.parametrize("verb", ["retry", "rollback"])
@pytest.mark.parametrize("capacity", [12, 3])
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_fails_at_any_call_retry_completes_and_rollback_restores(
    change: str, capacity: int, verb: str
) -> None:
    smooth = _running(capacity)
    _begin(smooth, CHANGES[change])
    if capacity == 3 and smooth.goals[-1].head.get("web", 0) > 2:
        pytest.skip("there is no room for more VNFCs")
    smooth.run()
    _assert_whole(smooth)
    for call in range(1, smooth.vim.calls + 1):
        for fault in FAULTS:
            for second in (None, "error", "death"):
                _try(change, capacity, verb, call, fault, second)


def _try(
    change: str, capacity: int, verb: str, call: int, fault: Fault, second: str | None
) -> None:
    instance = _running(capacity)
    before = instance.composition
    _begin(instance, CHANGES[change])
    instance.vim.faults[call] = fault
    if second == "error":
        instance.vim.faults[call + 1] = "error"
    verbs = 0
    while instance.goals:
        try:
            instance.run()
        except RefusedError:
            if second == "death" and not verbs and instance.vim.live:
                instance.vim.kill(_droppable(instance, call))
            verbs += 1
            assert verbs < 5
            instance.retry() if verb == "retry" else instance.roll_back()
    if instance.back:
        assert _content(instance.composition) == _content(before)
    if second != "death":
        _assert_whole(instance)
    instance.begin(Composition(), 1)
    instance.retry()
    instance.run()
    assert not instance.vim.live and not instance.ledger


def _droppable(instance: Instance, number: int) -> str:
    names = sorted(n for n, live in instance.vim.live.items() if live["kind"] != "path")
    return names[number % len(names)]


def test_a_rollback_before_anything_was_dropped_restores_the_very_same_resources() -> None:
    instance = _running()
    before = instance.composition
    _begin(instance, CHANGES["scale out"])
    instance.vim.faults[3] = "error"
    with pytest.raises(RefusedError):
        instance.run()
    instance.roll_back()
    instance.run()
    assert instance.composition == before


def test_without_room_the_old_ones_go_before_the_new_ones_come() -> None:
    instance = _running(capacity=3)
    _begin(instance, CHANGES["another image"])
    counts = [len(goal.of_kind("compute")) for goal in instance.goals]
    assert counts == [2, 3, 2, 3, 3]


def test_a_surge_replaces_as_many_at_a_time_as_it_says_and_there_is_room_for() -> None:
    instance = _running(capacity=12)
    _begin(instance, CHANGES["another image"], surge=2)
    assert len(instance.goals) == 2  # both at once, then the target


def test_what_stops_first_is_stopped_whole_before_anything_is_dropped() -> None:
    instance = _running()
    standing = instance.composition
    goals = composition.way(standing, Composition(), composition.Rules(stop_first=True))
    assert [goal.head for goal in goals] == [standing.head, {}]
    assert {part.soft["state"] for part in goals[0].of_kind("compute")} == {"STOPPED"}


def test_numbers_and_incarnations_are_never_given_twice_though_operations_are_rolled_back() -> None:
    instance = _running()
    for _ in range(2):
        _begin(instance, {"web": 3})
        instance.vim.faults[instance.vim.calls + 3] = "error"
        with pytest.raises(RefusedError):
            instance.run()
        instance.roll_back()
        instance.run()
    _begin(instance, {"web": 3})
    instance.run()
    assert "web-4" in instance.composition.parts  # web-2 and web-3 were begun and rolled back


def test_what_is_gone_comes_back_under_its_id_as_the_next_incarnation() -> None:
    instance = _running()
    instance.vim.kill("web-1.1")
    instance.retry()  # finds it
    _begin(instance, {"web": 2})
    instance.run()
    assert instance.composition.parts["web-1"].name == "web-1.2"
    assert instance.composition.parts["web-1/cp"].name == "web-1/cp.1"  # a port outlives its VNFC
    assert instance.vim.live["web-1/cp.1"]["soft"] == {"compute": "web-1.2"}


def test_a_promise_names_what_comes_goes_changes_and_is_on_the_way_only() -> None:
    instance = _running()
    _begin(instance, {"image": "b", "web": 1})
    promise = composition.promise(instance.ledger, instance.goals)
    assert promise.add == ("web-0.2",)
    assert set(promise.remove) == {"web-0.1", "web-1.1", "web-1/cp.1"}
    assert promise.update == ("web-0/cp.1", "nfp.1")
    assert not promise.temp


@st.composite
def _heads(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "image": draw(st.sampled_from("ab")),
        "lan": draw(st.sampled_from(("lan", "dmz"))),
        "web": draw(st.integers(0, 4)),
        "state": draw(st.sampled_from(("STARTED", "STOPPED"))),
        "path": draw(st.booleans()),
    }


@settings(max_examples=150, deadline=None)
@given(
    heads=st.lists(_heads(), min_size=1, max_size=4),
    faults=st.dictionaries(st.integers(1, 40), st.sampled_from(FAULTS), max_size=4),
    verbs=st.lists(st.sampled_from(("retry", "rollback")), min_size=9, max_size=9),
    capacity=st.integers(4, 12),
    surge=st.integers(1, 3),
)
def test_after_any_operations_faults_and_verbs_everything_agrees(
    heads: list[dict[str, Any]],
    faults: dict[int, Fault],
    verbs: list[str],
    capacity: int,
    surge: int,
) -> None:
    instance = Instance(Vim(capacity), marks=Marks())
    instance.vim.faults = dict(faults)
    decisions = iter(verbs)
    for head in [*heads, {}]:
        wanted = service(instance.marks, instance.composition, **head) if head else Composition()
        instance.begin(wanted, surge)
        while instance.goals:
            try:
                instance.run()
            except RefusedError:
                retried = not head or next(decisions, "rollback") == "retry"
                if retried and not instance.back:
                    instance.retry()
                else:
                    instance.roll_back()
        _assert_whole(instance)
    assert not instance.vim.live


def test_a_composition_is_stored_and_read_back_whole() -> None:
    before = _running().composition
    stored = json.loads(json.dumps(before.dump()))
    assert Composition.load(stored) == before


def test_references_are_names_where_the_part_is_there_and_nothing_where_it_is_not() -> None:
    parts = {"web-0": Part("web-0", "compute", incarnation=2), "fw": Part("fw", "vnf")}
    value = {"on": composition.at("web-0"), "off": [composition.at("db-0")]}
    assert composition.resolve(value, parts, {}) == {"on": "web-0.2", "off": [None]}
    facts = {("fw.0", "in"): ("fw/in-0", "fw/in-1")}
    assert composition.resolve(composition.ports_of("fw", "in"), parts, facts) == [
        "fw/in-0",
        "fw/in-1",
    ]


def test_what_was_begun_and_is_unwanted_goes_before_anything_is_made() -> None:
    goal = Composition(parts={"web-1": Part("web-1", "compute", incarnation=1)})
    ledger = {
        "web-0.1": Row("web-0.1", "compute", "making"),
        "old-0.1": Row("old-0.1", "compute", "stands"),
    }
    phase = composition.next_phase(composition.compare(ledger, goal))
    assert phase is not None and [row.name for row in phase.rows] == ["web-0.1"]


def test_what_needs_nothing_of_what_is_to_come_is_made_side_by_side() -> None:
    parts = [
        Part("own", "network", incarnation=1),
        Part("web/in", "port", {"network": composition.at("own")}, incarnation=1),
        Part("web/out", "port", {"network": "lan"}, incarnation=1),
        Part("web", "compute", incarnation=1),
    ]
    goal = Composition(parts={part.id: part for part in parts})
    ledger: dict[str, Row] = {}
    waves = []
    while phase := composition.next_phase(composition.compare(ledger, goal)):
        waves.append([part.id for part in phase.parts])
        ledger |= {part.name: Row(part.name, part.kind, "stands") for part in phase.parts}
    assert waves == [["own", "web/out"], ["web/in"], ["web"]]
