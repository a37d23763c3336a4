# SPDX-License-Identifier: Apache-2.0
"""Who is killed, and when: a shuffled deck of names, and pauses of which some are very short."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.suite.chaos.processes import Supervisor, until

DATABASE = "postgresql"
AT_ONCE = 0.25  # of the kills do not wait until the suite answers
COMES_UP = 15.0  # seconds that it is waited for
DATABASE_KILLS = 5  # at least; one in twelve of a longer run


@dataclass(frozen=True)
class Victim:
    """What can be killed. `kill` says whether it ran; without `start` something of the suite itself
    starts it again. `weight` is how often it is drawn compared with others."""

    kill: Callable[[], bool]
    start: Callable[[], None] | None = None
    weight: int = 1


@dataclass
class Killer:
    """Kills; `under_way` tells how many operations run at that moment, `answered` when the suite
    last answered."""

    victims: Mapping[str, Victim]
    random: random.Random
    supervisor: Supervisor
    under_way: Callable[[], int]
    answered: Callable[[], float]
    last: float = 0.0
    done: list[tuple[float, str, int]] = field(
        default_factory=list
    )  # when, who, operations under way

    def kill(self, count: int, still: Callable[[], bool], pace: float) -> None:
        """Kills, while `still` says so, with pauses of `pace` seconds on average."""
        deck, misses = self._deck(count), 0
        while deck and still() and misses < 50 * count:
            self._pause(pace)
            name = deck.pop()
            if self._kill(name):
                continue
            misses += 1
            deck.insert(
                self.random.randrange(len(deck) + 1), name
            )  # it does not run now: its turn comes later

    def kill_some(self, count: int, pace: float) -> None:
        """Kills any of them, as it comes; what does not run yet is let off."""
        for _ in range(count):
            time.sleep(self.random.uniform(0, pace))
            self._kill(self.random.choice(sorted(self.victims)))

    def counts(self) -> dict[str, int]:
        """How often each was killed."""
        names = [name for _, name, _ in self.done]
        return {name: names.count(name) for name in sorted(set(names))}

    def _kill(self, name: str) -> bool:
        victim, running = self.victims[name], self.under_way()
        if not victim.kill():
            return False
        self.last = time.monotonic()
        self.done.append((time.time(), name, running))
        if victim.start is not None:
            self.supervisor.later(
                self.random.choice((0.0, self.random.uniform(0.1, 1.0))), name, victim.start
            )
        return True

    def _pause(self, pace: float) -> None:
        """Now and then very short: what is just coming up, or mending what was killed before it, is
        hit too. Else the suite answers again before the next kill, for one that is never up gets
        nothing done that could be lost."""
        if self.random.random() < AT_ONCE:
            time.sleep(self.random.uniform(0, pace))
            return
        until(lambda: self.answered() > self.last, COMES_UP, 0.02)
        time.sleep(self.random.uniform(0, 2 * pace))

    def _deck(self, count: int) -> list[str]:
        rest = [
            name
            for name, victim in self.victims.items()
            for _ in range(victim.weight)
            if name != DATABASE
        ]
        deck = [DATABASE] * max(DATABASE_KILLS, count // 12)
        while len(deck) < count:
            deck.append(rest[len(deck) % len(rest)])
        self.random.shuffle(deck)
        return deck
