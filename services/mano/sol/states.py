# SPDX-License-Identifier: Apache-2.0
"""The states of SOL's enumerations and the arrows between them, as data.

The diagrams in docs/states.md are drawn from these."""

from __future__ import annotations

from typing import Any

from mano.problems import Problem

Arrows = dict[str, tuple[str, ...]]

# LcmOperationStateType, SOL003 5.6.2 (VNF) and NsLcmOperationStateType, SOL005 6.6.2 (NS)
VNF_LCM_OPERATION: Arrows = {
    "STARTING": ("PROCESSING", "ROLLED_BACK", "FAILED_TEMP"),
    "PROCESSING": ("COMPLETED", "FAILED_TEMP"),
    "FAILED_TEMP": ("PROCESSING", "ROLLING_BACK", "FAILED"),
    "ROLLING_BACK": ("ROLLED_BACK", "FAILED_TEMP"),
    "COMPLETED": (),
    "FAILED": (),
    "ROLLED_BACK": (),
}
NS_LCM_OPERATION: Arrows = {
    "PROCESSING": ("COMPLETED", "PARTIALLY_COMPLETED", "FAILED_TEMP"),
    "FAILED_TEMP": ("PROCESSING", "ROLLING_BACK", "FAILED"),
    "ROLLING_BACK": ("ROLLED_BACK", "FAILED_TEMP"),
    "COMPLETED": (),
    "PARTIALLY_COMPLETED": (),
    "FAILED": (),
    "ROLLED_BACK": (),
}
# PackageOnboardingStateType, SOL005 9.5.4.4, and NsdOnboardingStateType 5.5.4.4. Nobody ever meets
# UPLOADING: an upload is one transaction, and one that breaks off leaves the package as it was.
ONBOARDING: Arrows = {
    "CREATED": ("PROCESSING",),
    "PROCESSING": ("ONBOARDED", "ERROR"),
    "ERROR": ("PROCESSING",),
    "ONBOARDED": (),
}
INSTANTIATION: Arrows = {
    "NOT_INSTANTIATED": ("INSTANTIATED",),
    "INSTANTIATED": ("NOT_INSTANTIATED",),
}

TABLES = {
    "VNF LCM operation occurrence": VNF_LCM_OPERATION,
    "NS LCM operation occurrence": NS_LCM_OPERATION,
    "Onboarding of a VNF package or NSD": ONBOARDING,
    "VNF or NS instance": INSTANTIATION,
}
ENDED = frozenset({"COMPLETED", "PARTIALLY_COMPLETED", "FAILED", "ROLLED_BACK"})
STOPPED = ENDED | {"FAILED_TEMP"}


def enter(arrows: Arrows, body: dict[str, Any], attribute: str, state: str, what: str) -> None:
    """The resource `body`, `what` for people, enters a state; Problem 409 if no arrow leads there.

    The state it is in it may enter again, for a step may run twice."""
    if body[attribute] != state:
        check(arrows, body[attribute], state, what)
        body[attribute] = state


def check(arrows: Arrows, now: str, to: str, what: str) -> None:
    """Problem 409 if the table has no arrow from `now` to `to`."""
    if to not in arrows[now]:
        possible = ", ".join(arrows[now]) or "nothing: it has ended"
        raise Problem(
            409, f"{what} is {now} and cannot become {to}; possible from here: {possible}."
        )
