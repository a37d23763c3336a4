# SPDX-License-Identifier: Apache-2.0
"""One convergence: read, plan, apply, read back, until nothing is left that can be done now."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dataplane_agent import apply, desired, found, plan

ROUNDS = 4  # a round's result may make the next one possible; a fault may not


@dataclass
class Outcome:
    """What a convergence led to."""

    found: found.Found
    wanted: dict[str, Any] = field(
        default_factory=dict
    )  # what of the document this host can bring about
    rest: list[plan.Action] = field(default_factory=list)  # what is not yet as desired
    done: list[plan.Action] = field(default_factory=list)
    errors: dict[str, str] = field(
        default_factory=dict
    )  # resource -> why not, in the refuser's words
    seconds: float = 0


def converge(
    document: dict[str, Any],
    host: plan.Host,
    tools: apply.Tools,
    start: found.Found,
    may: Callable[[plan.Action], bool] = lambda action: True,
    paused: bool = False,
) -> Outcome:
    """Bring the kernel from what was found at the start to the desired document; `may` says which
    actions are allowed now (back-off of restarts); a paused document is planned and not applied."""
    began = time.monotonic()
    wanted, refused = desired.sift(document, host.features, set(tools.runtimes))
    outcome, failed = Outcome(start, wanted), dict[str, tuple[plan.Action, str]]()
    for _ in range(ROUNDS):
        outcome.rest = plan.plan(wanted, outcome.found, host)
        if paused:
            break
        now = [a for a in outcome.rest if a.tool != "fetch" and a.sentence not in failed and may(a)]
        if not now:
            break
        failed.update({a.sentence: (a, words) for a, words in apply.apply(now, tools)})
        outcome.done += now
        outcome.found = found.read(host.tag, tools.state)
    else:
        outcome.rest = plan.plan(wanted, outcome.found, host)
    left = {a.sentence for a in outcome.rest}
    outcome.errors = {
        a.resource: f"could not {s}: {words}"
        for s, (a, words) in reversed(failed.items())
        if s in left
    }
    outcome.errors |= refused
    outcome.seconds = time.monotonic() - began
    return outcome
