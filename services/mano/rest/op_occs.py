# SPDX-License-Identifier: Apache-2.0
"""The resources of LCM operation occurrences: SOL003 5.4.12 to 5.4.17, SOL005 6.4.9 to 6.4.15."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mano import lcm, store
from mano.lcm import events, waiting
from mano.lcm.occurrences import LifeCycle
from mano.rest import etags, listing
from mano.rest.messages import Reply, Request
from mano.sol import documents, states
from mano.sol.documents import Body

ACTIONS = {
    "STARTING": ("cancel",),
    "PROCESSING": ("cancel",),
    "ROLLING_BACK": ("cancel",),
    "FAILED_TEMP": ("retry", "rollback", "fail"),
}


def accepted(life_cycle: LifeCycle, occurrence: store.Document) -> Reply:
    """202 with where the occurrence is."""
    return Reply(202, None, {"Location": f"/{life_cycle.occurrences}/{occurrence.id}"})


@dataclass(frozen=True)
class OpOccs:
    """The handlers for one side's occurrences.

    `plans` by operation ("INSTANTIATE"); `left_out` are the attributes that lists leave out unless
    asked for; `actions` are what a client may do in each state."""

    life_cycle: LifeCycle
    plans: Mapping[str, lcm.Plan]
    left_out: tuple[str, ...]
    actions: Mapping[str, tuple[str, ...]]

    def query(self, request: Request) -> Reply:
        """GET."""
        collection = self.life_cycle.occurrences
        return listing.listing(request, collection, shown=self.shown, leave_out=self.left_out)

    def read(self, request: Request) -> Reply:
        """GET of one."""
        occurrence = self._get(request)
        body = self.shown(occurrence, request)
        if body["operationState"] not in states.STOPPED:
            body |= waiting.shown(request.tx, occurrence.id)
        return etags.individual(request, occurrence, body)

    def retry(self, request: Request) -> Reply:
        """POST …/retry: 202."""
        occurrence = self._get(request, lock=True)
        plan = self.plans.get(occurrence.body[self.life_cycle.operation])
        events.retry(request.tx, self.life_cycle, occurrence, plan)
        return accepted(self.life_cycle, occurrence)

    def rollback(self, request: Request) -> Reply:
        """POST …/rollback: 202."""
        occurrence = self._get(request, lock=True)
        plan = self.plans.get(occurrence.body[self.life_cycle.operation])
        events.rollback(request.tx, self.life_cycle, occurrence, plan)
        return accepted(self.life_cycle, occurrence)

    def fail(self, request: Request) -> Reply:
        """POST …/fail: 200 with the occurrence."""
        occurrence = self._get(request, lock=True)
        events.fail(request.tx, self.life_cycle, occurrence)
        return Reply(200, self.shown(occurrence, request))

    def cancel(self, request: Request) -> Reply:
        """POST …/cancel: 202."""
        occurrence = self._get(request, lock=True)
        events.check_runs(occurrence)
        events.cancel(request.tx, occurrence, request.body)
        return accepted(self.life_cycle, occurrence)

    def shown(self, occurrence: store.Document, request: Request) -> Body:
        """The occurrence as clients see it, with links to what they may do with it now."""
        words, body = self.life_cycle, occurrence.body
        own = f"{request.base}/{words.occurrences}/{occurrence.id}"
        links = {
            "self": own,
            words.instance_link: f"{request.base}/{words.instances}/{body[words.instance_id]}",
        }
        links |= {name: f"{own}/{name}" for name in self.actions.get(body["operationState"], ())}
        # SOL005 3.7.1 has both names for one time.
        return documents.shown({**body, "stateEnteredTime": body[words.entered_time]}, links)

    def _get(self, request: Request, *, lock: bool = False) -> store.Document:
        id = request.params[self.life_cycle.occurrence_id]
        return request.tx.get(self.life_cycle.occurrences, id, lock=lock)
