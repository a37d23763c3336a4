# SPDX-License-Identifier: Apache-2.0
"""How the parts of a VNF come to be: as resources of its VIM (docs/ports.md, section 3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from mano import lcm
from mano.composition import Composition, Row, Verb
from mano.composition.compare import hard_values
from mano.composition.ledger import STANDING
from mano.composition.parts import Facts
from mano.lcm import ledger
from mano.lcm.pursue import Task
from mano.sol.documents import Body
from mano.vim import asks
from mano.vim.documents import Change, Connection, Kind
from vnfm import day0

# Of a VNFC's hard values, those that are not for the VIM as they are
INNER = frozenset({"image", "checksum", "ports"})
BROKEN = ("ERROR", "TERMINATING")  # somebody else has it removed


class VnfActor:
    """Has the parts of one VNF made, changed and dropped at its VIM.

    `instance` is the VnfInstance; where its VNFCs go and which images they start from was granted
    and stands in `_placement`."""

    def __init__(self, instance: Body):
        self.instance = instance
        self.placement: Body = instance.get("_placement", {})
        self.books: dict[int, day0.Book] = {}

    @property
    def vim(self) -> Connection:
        """The VimConnectionInfo (SOL003 4.4.1.6)."""
        connection: Connection = next(iter(self.instance["vimConnectionInfo"].values()))
        return connection

    def request(
        self, op: lcm.Operation[Any], task: Task, answer: lcm.Answer | None
    ) -> lcm.Ask | Body:
        """One request for each thing; what is known of it is what the VIM says."""
        kind, name = cast(Kind, task.row.kind), self.name(task.row)
        if answer is not None:
            return _detail(answer.body or {}, task.row)
        if task.verb is Verb.DROP:
            return asks.terminate(self.vim, kind, name)
        if task.verb is Verb.CHANGE:
            return asks.update(self.vim, kind, name, cast(Change, self._soft(task)))
        ask = asks.allocate(self.vim, kind, name, cast(Any, {}))
        return dataclasses.replace(ask, body=lambda: {**ask.body, "spec": self._spec(op, task)})

    def find(
        self, op: lcm.Operation[Any], instance: str, rows: Mapping[str, Row]
    ) -> frozenset[str]:
        """What the VIM has of the instance, and is not about to lose.

        What stood and is in ERROR is gone; what was only begun may be tried again by its name."""
        states = self._states(op, instance, rows)
        return frozenset(
            name
            for name, row in rows.items()
            if states.get(self.name(row), "TERMINATING") not in _gone(row)
        )

    def broken(
        self, op: lcm.Operation[Any], instance: str, rows: Mapping[str, Row]
    ) -> frozenset[str]:
        """The ids of parts whose resources are not there, about to go, or in ERROR."""
        states = self._states(op, instance, rows)
        return frozenset(
            row.part for row in rows.values() if states.get(self.name(row), "ERROR") in BROKEN
        )

    def _states(
        self, op: lcm.Operation[Any], instance: str, rows: Mapping[str, Row]
    ) -> dict[str, str]:
        """Of what the VIM has of the instance, by its names."""
        kinds = dict.fromkeys(row.kind for row in rows.values())
        queries = [asks.query(self.vim, kind, {"owner": instance}) for kind in kinds]
        return {
            resource["name"]: resource["state"]
            for answer in op.ask_all(queries)
            for resource in answer.body
        }

    def facts(self, op: lcm.Operation[Any], instance: str) -> Facts:
        """A VNF has no VNFs."""
        return {}

    def name(self, row: Row) -> str:
        """The VIM's name of a resource."""
        return str(row.detail.get("name") or self._name(row.name))

    def _name(self, name: str) -> str:
        return f"{self.instance['id']}/{name}"

    def _spec(self, op: lcm.Operation[Any], task: Task) -> Body:
        """What the VIM is asked for."""
        hard = hard_values(task.part, task.goal) if task.part else {}
        spec = {"owner": task.instance, **self._soft(task)}
        zones = self.placement.get("zones", {})
        if task.row.kind == "network":
            return {**spec, **hard, "zone": next(iter(zones.values()), None)}
        if task.row.kind == "port":
            return {**spec, **_port(hard), "network": self._network(op, hard["network"])}
        return {**spec, **self._compute(task, hard)}

    def _soft(self, task: Task) -> Body:
        """The values that may be changed, in the VIM's words."""
        soft = task.row.soft
        if task.row.kind == "port":
            return {**soft, "compute": self._name(soft["compute"])}
        if task.row.kind == "compute":
            return {"userData": self._book(task.goal).document(task.row.part)}
        return dict(soft)

    def _compute(self, task: Task, hard: Body) -> Body:
        own = {key: value for key, value in hard.items() if key not in INNER}
        return {
            **own,
            "vnf": day0.name_of(self.instance),
            "zone": self.placement.get("zones", {}).get(task.row.part),
            "image": self.placement.get("images", {}).get(hard["image"]),
            "ports": [self._name(task.goal.parts[port].name) for port in hard["ports"]],
        }

    def _network(self, op: lcm.Operation[Any], network: str) -> str:
        """The VIM's id of a network: that of an internal link is in its row."""
        row = ledger.look(op.tx, self.instance["id"], network)
        return str(ledger.row_of(row).detail["id"]) if row else network

    def _book(self, goal: Composition) -> day0.Book:
        if id(goal) not in self.books:
            self.books[id(goal)] = day0.Book(self.instance, goal)
        return self.books[id(goal)]


def _gone(row: Row) -> tuple[str, ...]:
    """The states in which a resource at the VIM is no longer what its row says."""
    return BROKEN if row.state in STANDING else ("TERMINATING",)


def _detail(resource: Body, row: Row) -> Body:
    """What is kept of what the VIM says of a resource; what it has told unasked may be younger."""
    ids = {key: resource[key] for key in ("id", "zone", "name") if key in resource}
    observed = {key: row.detail[key] for key in ("observed", "serial") if key in row.detail}
    return {**resource.get("detail", {}), **ids, **observed}


def _port(hard: Body) -> Body:
    return {key: hard[key] for key in ("cp", "addresses", "mac") if key in hard}
