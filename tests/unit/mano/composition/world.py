# SPDX-License-Identifier: Apache-2.0
"""A world in which compositions come to be: resources with faults at any call, and what a VIM holds
against whoever breaks a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mano import composition
from mano.composition import Composition, Marks, Part, Phase, Row, Verb
from mano.composition.compare import hard_values, soft_values

Fault = Literal["error", "before", "after"]


class CrashError(Exception):
    """The process died."""


class RefusedError(Exception):
    """The VIM said no."""


@dataclass
class Vim:
    """Names are for ever, addresses are one's own, nothing in use is dropped."""

    capacity: int = 40
    live: dict[str, dict[str, Any]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    calls: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)

    @property
    def room(self) -> int:
        return self.capacity - sum(live["kind"] == "compute" for live in self.live.values())

    def allocate(self, part: Part, hard: dict[str, Any], soft: dict[str, Any]) -> None:
        self._call(lambda: self._allocate(part, hard, soft))

    def update(self, changes: dict[str, dict[str, Any]]) -> None:
        self._call(lambda: self._update(changes))

    def terminate(self, name: str) -> None:
        self._call(lambda: self._terminate(name))

    def kill(self, name: str) -> None:
        """Behind everybody's back."""
        del self.live[name]
        self.closed.add(name)

    def _call(self, act: Callable[[], None]) -> None:
        self.calls += 1
        fault = self.faults.pop(self.calls, None)
        if fault == "before":
            raise CrashError
        if fault == "error":
            raise RefusedError(f"call {self.calls}")
        act()
        if fault == "after":
            raise CrashError

    def _allocate(self, part: Part, hard: dict[str, Any], soft: dict[str, Any]) -> None:
        assert part.name not in self.closed, f"{part.name}: a name used again"
        if part.name in self.live:
            assert self.live[part.name]["hard"] == hard, f"{part.name}: one name, two things"
            self.live[part.name]["soft"] = soft
            return
        if part.kind == "compute" and self.room < 1:
            raise RefusedError("no room")
        if part.kind == "port":
            holders = [name for name, live in self.live.items() if live["hard"] == hard]
            assert not holders, f"{part.name} and {holders} have one address"
        self.live[part.name] = {"kind": part.kind, "hard": hard, "soft": soft}

    def _update(self, changes: dict[str, dict[str, Any]]) -> None:
        if gone := [name for name in changes if name not in self.live]:
            raise RefusedError(f"{gone} are not there")
        for name, soft in changes.items():
            self.live[name]["soft"] = soft

    def _terminate(self, name: str) -> None:
        paths = [live["soft"] for live in self.live.values() if live["kind"] == "path"]
        assert name not in self.live or name not in str(paths), f"{name} dropped under a path"
        self.live.pop(name, None)
        self.closed.add(name)


@dataclass
class Instance:
    """What is stored of an instance; each assignment is a commit."""

    vim: Vim
    composition: Composition = field(default_factory=Composition)
    ledger: dict[str, Row] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    former: Composition = field(default_factory=Composition)
    goals: list[Composition] = field(default_factory=list)
    back: bool = False

    def begin(self, wanted: Composition, surge: int, gone: frozenset[str] = frozenset()) -> None:
        fallen = composition.fallen(self.ledger, self.composition)
        target = composition.settle(self.composition, wanted, self.marks, gone | fallen)
        standing = composition.reached(self.ledger, [self.composition], target)
        rules = composition.Rules(surge, room=self.vim.room)
        self.former, self.back = self.composition, False
        self.goals = composition.way(standing, target, rules)

    def run(self) -> None:
        """To the last goal, through crashes; RefusedError where the VIM says no."""
        while self.goals:
            try:
                while phase := composition.next_phase(
                    composition.compare(self.ledger, self.goals[0])
                ):
                    self._act(phase, self.goals[0])
                self.composition, self.goals = self.goals[0], self.goals[1:]
            except CrashError:
                continue

    def retry(self) -> None:
        dead = self._bury()
        self.goals = composition.renew(self.goals, dead, self.marks)

    def roll_back(self) -> None:
        """To what was, or, where that is under way, on to what was found for it."""
        dead = self._bury()
        if self.back:
            self.goals = composition.renew(self.goals, dead, self.marks)
            return
        target = composition.restore(self.former, self.goals, self.ledger, self.marks)
        standing = composition.reached(self.ledger, [self.former, *self.goals], target)
        self.goals = composition.way(standing, target, composition.Rules(room=self.vim.room))
        self.back = True

    def _bury(self) -> frozenset[str]:
        dead = composition.buried(self.ledger, frozenset(self.vim.live))
        self.ledger |= dead
        return frozenset(dead)

    def _act(self, phase: Phase, goal: Composition) -> None:
        if phase.verb is Verb.DROP:
            for row in phase.rows:
                self.ledger[row.name] = replace(row, state="dropping")
                self.vim.terminate(row.name)
                del self.ledger[row.name]
        elif phase.verb is Verb.MAKE:
            for part in phase.parts:
                soft = soft_values(part, goal)
                self.ledger[part.name] = Row(part.name, part.kind, "making", soft)
                self.vim.allocate(part, hard_values(part, goal), soft)
                self.ledger[part.name] = Row(part.name, part.kind, "stands", soft)
        else:
            changes = {part.name: soft_values(part, goal) for part in phase.parts}
            for name in changes:
                self.ledger[name] = replace(self.ledger[name], state="changing")
            self.vim.update(changes)
            for name, soft in changes.items():
                self.ledger[name] = replace(self.ledger[name], state="stands", soft=soft)


def service(
    marks: Marks, former: Composition, image: str, lan: str, web: int, state: str, *, path: bool
) -> Composition:
    """A composition with a link, VNFCs with a port each, and a path through those of one VDU."""
    parts = [Part("lan", "network", hard={"name": lan})]
    vnfcs = [part.id for part in former.of_kind("compute") if part.id.startswith("web-")]
    vnfcs = sorted(vnfcs, key=lambda id: int(id.partition("-")[2]))[:web]
    vnfcs += [f"web-{marks.next_number('web')}" for _ in range(web - len(vnfcs))]
    for vnfc in [*vnfcs, "db-0"]:
        version = image if vnfc.startswith("web") else "db"
        parts.append(Part(vnfc, "compute", {"image": version}, {"state": state}))
        hard = {"network": composition.at("lan"), "address": vnfc}
        parts.append(Part(f"{vnfc}/cp", "port", hard, {"compute": composition.at(vnfc)}))
    if path:
        hops = [composition.at(f"{vnfc}/cp") for vnfc in vnfcs]
        parts.append(Part("nfp", "path", soft={"hops": hops}))
    head = {"image": image, "lan": lan, "web": web, "state": state, "path": path}
    return Composition(head, {part.id: part for part in parts})
