# SPDX-License-Identifier: Apache-2.0
"""Resources removed from a VIM; by force the operation goes on without those that stay.

Those are asked for again for as long as the VIM has them: documents of the kind `cleanups`, {"vim",
"kind", "names"}, gone when they are."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection
from typing import Any, TypedDict

from mano import lcm
from mano.lcm import engine, force, state
from mano.lcm.asking import GONE
from mano.sol import documents
from mano.sol.documents import Body
from mano.vim import asks
from mano.vim.documents import Connection

KIND = "cleanups"
FIRST, LATEST = 2.0, 600.0  # seconds until what has stayed is asked for again, doubled each time


class Memo(TypedDict, total=False):
    """What a cleanup remembers."""

    round: int
    next: float


def remove(
    op: lcm.Operation[Any],
    vim: Connection,
    kind: str,
    names: Collection[str],
    forced: force.Force | None,
) -> None:
    """None of the resources is left. By force: each was asked for, and a cleanup goes on."""
    terminations = [asks.terminate(vim, kind, name) for name in names]
    if forced is None:
        op.ask_all(terminations, GONE)
    elif left := force.ask_all(op, kind, terminations, GONE, forced.patience):
        _begin_once(op, {"vim": vim, "kind": kind, "names": [ask.body["name"] for ask in left]})


def _begin_once(op: lcm.Operation[Any], left: Body) -> None:
    """The step comes here anew each time that it has waited for the next kind."""
    begun, key = op.state.setdefault("begun", {}), f"{op.step}/cleanup/{left['kind']}"
    if key in begun:
        return
    begun[key] = time.time()
    id = documents.new_id()
    op.tx.add(KIND, id, left)
    engine.schedule(op.tx, PLAN, KIND, id, {"round": 0, "next": time.time() + FIRST})


def _sweep(op: lcm.Operation[Memo]) -> None:
    """Asks for all that is left; in a while again for what stays."""
    if (pause := op.memo["next"] - time.time()) > 0:
        raise lcm.Wait(pause)
    left = op.occurrence
    terminations = [asks.terminate(left["vim"], left["kind"], name) for name in left["names"]]
    with contextlib.suppress(lcm.Failed):  # it has not answered in all that time
        op.ask_all(terminations, force.ANY)
    answers = op.answers(terminations)
    left["names"] = [
        name
        for name, answer in zip(left["names"], answers, strict=True)
        if answer is None or (answer.status >= 400 and answer.status not in GONE)
    ]
    op.save()
    if left["names"]:
        op.memo["round"] += 1
        op.memo["next"] = time.time() + min(FIRST * 2.0 ** op.memo["round"], LATEST)
        state.forget_requests(op.state)
        raise lcm.Wait(op.memo["next"] - time.time())


def _enter(op: lcm.Operation[Memo], ends: str, error: Body | None) -> None:
    op.tx.remove(op.document)


PLAN = lcm.Plan[Memo]("cleanup", (lcm.Step("sweep", _sweep),), _enter, ends_on_failure=True)
