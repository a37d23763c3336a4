# SPDX-License-Identifier: Apache-2.0
"""One convergence: read, plan, apply, read back, until nothing is left that can be done now."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dataplane_agent import desired, found, plan
from dataplane_agent.actions import Action
from dataplane_agent.apply import Toolbox, apply
from dataplane_agent.port import Desired

ROUNDS = 4  # a round's result may make the next one possible; a fault may not


@dataclass
class Outcome:
    """What a convergence led to."""

    found: found.Found
    possible: Desired = field(
        default_factory=lambda: Desired()
    )  # what of the document this host can bring about
    rest: list[Action] = field(default_factory=list)  # what is not yet as desired
    changes: list[Action] = field(default_factory=list)  # what was tried
    errors: dict[str, str] = field(
        default_factory=dict
    )  # resource -> why not, in the refuser's words
    seconds: float = 0


def converge(
    document: Desired,
    toolbox: Toolbox,
    start: found.Found,
    may: Callable[[Action], bool] = lambda action: True,
    paused: bool = False,
) -> Outcome:
    """Bring the kernel from what was found at the start to the desired document; `may` says which
    actions are allowed now (back-off of restarts); a paused document is planned and not applied."""
    began, host = time.monotonic(), toolbox.host
    possible, reasons = desired.sift(document, host)
    outcome, refused = Outcome(start, possible), dict[str, tuple[Action, str]]()
    for _ in range(ROUNDS):
        outcome.rest = plan.plan(possible, outcome.found, host)
        if paused:
            break
        actions = [a for a in outcome.rest if _is_due(a, refused) and may(a)]
        if not actions:
            break
        for action, words in apply(actions, toolbox):
            refused[action.sentence] = (action, words)
        outcome.changes += actions
        outcome.found = found.read(host, toolbox.state)
    else:
        outcome.rest = plan.plan(possible, outcome.found, host)
    outcome.errors = _errors(refused, outcome.rest) | reasons
    outcome.seconds = time.monotonic() - began
    return outcome


def _is_due(action: Action, refused: dict[str, tuple[Action, str]]) -> bool:
    """Whether an action is ours to do, and not refused a moment ago."""
    return action.tool != "fetch" and action.sentence not in refused


def _errors(refused: dict[str, tuple[Action, str]], rest: list[Action]) -> dict[str, str]:
    """Of each resource the first refusal that still stands."""
    sentences = {action.sentence for action in rest}
    errors = {}
    for sentence, (action, words) in reversed(refused.items()):
        if sentence in sentences:
            errors[action.resource] = f"could not {sentence}: {words}"
    return errors
