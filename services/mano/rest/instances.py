# SPDX-License-Identifier: Apache-2.0
"""What the handlers of NS and VNF instances share: one that is free, an operation that begins."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from mano import lcm, store
from mano.lcm import events
from mano.lcm.force import Force
from mano.lcm.occurrences import LifeCycle
from mano.problems import Problem
from mano.rest import op_occs
from mano.rest.messages import Reply, Request


@dataclass(frozen=True)
class Instances:
    """The instances of one side."""

    life_cycle: LifeCycle

    def free(self, request: Request) -> store.Document:
        """The instance of the path, locked; Problem 409 while an operation runs on it."""
        id = request.params[self.life_cycle.instance_id]
        instance = request.tx.get(self.life_cycle.instances, id, lock=True)
        self.life_cycle.check_free(instance)
        return instance

    def to_end(self, request: Request, read_force: Callable[[], Force | None]) -> store.Document:
        """The instance of the path, locked, that is to be terminated.

        Problem 409 while an operation runs on it, which force gives up, or where nothing is to be
        ended. `read_force` reads the body, so what is wrong with that comes last."""
        words = self.life_cycle
        instance = request.tx.get(words.instances, request.params[words.instance_id], lock=True)
        try:
            force = read_force()
        except Problem:
            self._check_can_end(instance)
            raise
        if force is not None and "_operation" in instance.body:
            events.give_up(request.tx, words, instance, "given up by a termination by force")
        else:
            self._check_can_end(instance)
        return instance

    def start(
        self, request: Request, plan: lcm.Plan, operation: str, instance: store.Document
    ) -> Reply:
        """202: the operation has begun."""
        params = request.body or {}
        occurrence = self.life_cycle.start(request.tx, plan, operation, instance, params)
        return op_occs.accepted(self.life_cycle, occurrence)

    def check_carried_out(self, request: Request, attributes: Collection[str]) -> None:
        """Problem 422 where the request says more than that: nothing is read and dropped."""
        unused = [
            name
            for name, value in (request.body or {}).items()
            if name not in attributes and value not in (None, [], {})
        ]
        if unused:
            raise Problem(
                422,
                f"This request says what is not carried out yet: {', '.join(sorted(unused))}. "
                f"Leave that out; what is carried out: {', '.join(attributes) or 'nothing of it'}.",
            )

    def _check_can_end(self, instance: store.Document) -> None:
        self.life_cycle.check_free(instance)
        if not instance.body.get("_resources"):
            self.life_cycle.check_state(instance, "INSTANTIATED", "terminate")
