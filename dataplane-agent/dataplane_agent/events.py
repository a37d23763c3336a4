# SPDX-License-Identifier: Apache-2.0
"""What the agent mended unasked: actions on what had been as desired already. Kept in the state
directory (`events.json`), the last hundred."""

from collections.abc import Iterable
from typing import cast

from dataplane_agent import state
from dataplane_agent.actions import Action
from dataplane_agent.port import Event

FILE = "events.json"
LIMIT = 100


class Events:
    """The events of a state directory, the newest last."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        kept = state.load(folder, FILE).get("events")
        items = kept if isinstance(kept, list) else []
        self.items: list[Event] = [cast("Event", item) for item in items if _is_event(item)]

    def add(self, at: str, actions: Iterable[Action], errors: dict[str, str]) -> None:
        """Note actions; what is refused again and again is noted once."""
        news = []
        for action in actions:
            event: Event = {"at": at, "what": action.sentence}
            if action.resource:
                event["resource"] = action.resource
            refusal = errors.get(action.resource, "")
            if action.sentence in refusal:
                event["why"] = refusal
            if not any(_is_same(event, other) for other in self.items[-LIMIT:]):
                news.append(event)
        if news:
            self.items = [*self.items, *news][-LIMIT:]
            state.save(self.folder, FILE, {"events": self.items})


def _is_same(event: Event, other: Event) -> bool:
    """Whether a refusal is told already."""
    return "why" in event and (event["what"], event["why"]) == (other["what"], other.get("why"))


def _is_event(item: object) -> bool:
    return isinstance(item, dict) and {"at", "what"} <= set(item)
