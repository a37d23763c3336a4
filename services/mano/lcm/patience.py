# SPDX-License-Identifier: Apache-2.0
"""When a request is sent again, who is late, and when it is waited for no longer."""

from __future__ import annotations

import time
from typing import Any

from mano.lcm.asking import Answer, Ask, words
from mano.lcm.state import Asking, Late
from mano.sol import documents

ASK_AGAIN = 5.0  # seconds until an unanswered request is sent again, doubled each time
ASK_AGAIN_MAX = 60.0
DEADLINE = 900.0  # seconds that an answer is waited for where no setting says another
BUSY, BUSY_MAX = 0.2, 10.0  # seconds until a peer that was away is asked again, doubled each time
TRANSIENT = frozenset({408, 425, 429, 502, 503, 504})  # the peer is away or busy: not an answer yet


def within(ask: Ask, settings: Any) -> float:
    """Seconds that its answer is waited for."""
    return ask.within or float(getattr(settings, "answer_deadline", DEADLINE))


def begin(ask: Ask, seconds: float) -> Asking:
    """A request that is to be sent, and waited for so many seconds."""
    now = time.time()
    return Asking(times=0, next=now + ask.later if ask.later else 0.0, until=now + seconds)


def has_come(at: float, now: float) -> bool:
    """Whether it is time to ask again. One that is further off than we ever wait has come too: the
    clock was set back."""
    return not 0 < at - now <= ASK_AGAIN_MAX


def is_over(asking: Asking) -> bool:
    """Whether it is waited for no longer."""
    now = time.time()
    return asking.get("until", now + 1) <= now


def silence(ask: Ask, asking: Asking, seconds: float) -> str:
    """What is said of a peer that did not answer in time."""
    reason = asking["late"].get("reason", "") if "late" in asking else ""
    return f"{ask.what}: {ask.to} has not answered within {seconds:.0f} s" + (
        f"; at last it said: {reason}" if reason else ""
    )


def note_sent(asking: Asking, ask: Ask) -> None:
    """It is sent now; whoever has not answered by the second time is late."""
    if asking["times"]:
        _note_late(asking, ask, ASK_AGAIN)
    asking["next"] = time.time() + _doubled(ASK_AGAIN, asking["times"], ASK_AGAIN_MAX)
    asking["times"] += 1


def note_busy(asking: Asking, ask: Ask, answer: Answer) -> None:
    """The answer was none yet: it is asked again, a little later each time."""
    if answer.status in TRANSIENT:
        _note_late(asking, ask, 0.0)["reason"] = words(ask, answer)
    asking["busy"] = asking.get("busy", 0) + 1
    asking["next"] = time.time() + _doubled(BUSY, asking["busy"], BUSY_MAX)


def next_look(asking: Asking) -> float:
    """When something is to be done about it."""
    return min(asking["next"], asking.get("until", asking["next"]))


def _note_late(asking: Asking, ask: Ask, seconds: float) -> Late:
    """The peer is late, since so many seconds ago; who asks about the operation is told."""
    late = Late(what=ask.what, peer=ask.to, since=documents.now(-seconds))
    return asking.setdefault("late", late)


def _doubled(seconds: float, times: int, limit: float) -> float:
    return min(seconds * 2.0**times, limit)
