# SPDX-License-Identifier: Apache-2.0
"""Who empties the tables of a service, a little at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from mano.store.errors import Unavailable
from mano.store.retention import BATCH, RULES, Rule
from mano.store.store import Store
from mano.store.transaction import QUICK

log = logging.getLogger(__name__)


class Keeper:
    """Forgets what a service has kept for long enough."""

    def __init__(self, store: Store, rules: Sequence[Rule]):
        self.store, self.rules = store, (*RULES, *rules)
        self.pause = store.database.ages.look_every()
        # Not at once: what a process that was killed has owed is sent and answered first.
        self.next = time.monotonic() + self.pause

    def is_due(self) -> bool:
        """Whether it is time to look; who is told so does."""
        if time.monotonic() < self.next:
            return False
        self.next = float("inf")
        return True

    def forget(self) -> None:
        """A batch of each rule; what is left follows soon."""
        pause = self.pause
        try:
            if BATCH in [forget(self.store, rule) for rule in self.rules]:
                pause = 0.0
        except Unavailable as error:
            log.warning("%s", error)
        finally:
            self.next = time.monotonic() + pause


def forget(store: Store, rule: Rule) -> int:
    """Forgets a batch of what is old; how many rows it were."""
    with store.begin(QUICK) as tx:
        count = tx.forget_old(rule, rule.seconds(store.database.ages))
    if count and rule.lost:
        log.warning("%s has forgotten %d of its %s", store.name, count, rule.what)
    return count
