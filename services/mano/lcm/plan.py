# SPDX-License-Identifier: Apache-2.0
"""What an LCM operation is: a PLAN, a list of steps with their undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from mano.lcm.operation import Operation
from mano.sol.documents import Body

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Memo = TypeVar("Memo", default=Any)
else:
    from typing import TypeVar

    Memo = TypeVar("Memo")


@dataclass(frozen=True)
class Step(Generic[Memo]):
    """One step. `do` and `undo` run in a transaction with the stored position, any number of times:
    they change documents, ask peers, and raise Wait while an answer is due. Step names are unique
    in a plan."""

    name: str
    do: Callable[[Operation[Memo]], None]
    undo: Callable[[Operation[Memo]], None] | None = None


@dataclass(frozen=True)
class Plan(Generic[Memo]):
    """An operation, `lcm.Plan[Memo](…)` with the TypedDict of what it remembers.

    `enter` changes the occurrence's state and owes the notifications: (operation, state, error).
    With `can_turn` it may be retried after a rollback that failed: it leads along a way, and turns.
    With `ends_on_failure` there is nobody to decide on retry or rollback: it has ended when a step
    fails."""

    name: str
    steps: tuple[Step[Memo], ...]
    enter: Callable[[Operation[Memo], str, Body | None], None]
    can_roll_back: bool = True
    can_turn: bool = False
    ends_on_failure: bool = False
