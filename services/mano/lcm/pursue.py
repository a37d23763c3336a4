# SPDX-License-Identifier: Apache-2.0
"""The step that leads instances along their way: phase after phase, all of a phase side by side.

Before a request is sent the row of its resource says so, after the answer what came of it: so it
may die at any line and be begun anew. What is next is found by comparing, once per phase; there is
no position but the number of the goal."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Protocol, cast

from mano import bus, store
from mano.composition import Composition, Part, Row, State, Verb, buried, compare, next_phase
from mano.composition.compare import soft_values
from mano.composition.parts import Facts
from mano.lcm import ledger, legs, patience
from mano.lcm.asking import GONE, Answer, Ask, Failed, Wait, words
from mano.lcm.operation import Operation
from mano.lcm.state import Pursuit
from mano.sol.documents import Body

_STATES: dict[Verb, State] = {
    Verb.MAKE: "making",
    Verb.CHANGE: "changing",
    Verb.DROP: "dropping",
}
_VERBS: dict[State, Verb] = {state: verb for verb, state in _STATES.items()}


@dataclass(frozen=True)
class Task:
    """One resource and what is to be done with it; `part` is None where it is dropped."""

    instance: str
    verb: Verb
    row: Row
    part: Part | None
    goal: Composition


class Actor(Protocol):
    """How a service has resources made, changed and dropped."""

    def request(self, op: Operation, task: Task, answer: Answer | None) -> Ask | Body:
        """What is asked next for a resource; `answer` is what was answered last, if anything was.

        A document instead of a request: all is done, and this is what is known of the resource."""

    def find(self, op: Operation, instance: str, rows: dict[str, Row]) -> frozenset[str]:
        """The names of those that are there and well, or may become so; may Wait."""

    def facts(self, op: Operation, instance: str) -> Facts:
        """What references of the composition mean; may Wait."""


def pursue(op: Operation, actor: Actor, *, back: bool = False) -> None:
    """All legs are at their aim: the targets, or, `back`, the former compositions."""
    way = legs.get(op.tx, op.id)
    pursuit = op.state.get("pursuit") or _begin_turn(op, actor, way, back)
    if _take_answers(op, actor, way, pursuit) and pursuit["refused"] and not pursuit["open"]:
        raise Wait(0.0)  # what came of the others is stored before the operation fails
    if pursuit["open"]:
        _ask_again(op, actor, way, pursuit)
        raise Wait(max(0.01, pursuit["next"] - time.time()) if pursuit["open"] else 0.0)
    if pursuit["refused"]:
        raise _failed(op, way)
    while (leg := way.current()) is not None:
        if _begin_phase(op, actor, leg, pursuit):
            raise Wait(max(0.01, pursuit["next"] - time.time()))
        leg.at += 1
        way.save(op.tx)


def _begin_turn(op: Operation, actor: Actor, way: legs.Way, back: bool) -> Pursuit:
    """From the second turn on it is looked what is there, for much may have happened meanwhile."""
    op.step = f"{op.step}-{way.turns}"  # what was asked in an earlier turn is no answer to this one
    if way.turns or back:
        alive = [_find(op, actor, leg.instance) for leg in way.legs]  # all, before any is changed
        for leg, names in zip(way.legs, alive, strict=True):
            dead = _bury(op, leg.instance, names)
            if back == way.back:
                legs.go_on(op.tx, leg, dead)
            else:
                legs.aim(op.tx, leg, leg.former if back else leg.target, way.rules)
    way.turns += 1
    way.back = back
    way.save(op.tx)
    pursuit = Pursuit(open=0, refused=0, next=0.0)
    op.state["pursuit"] = pursuit
    return pursuit


def _find(op: Operation, actor: Actor, instance: str) -> frozenset[str]:
    return actor.find(op, instance, ledger.rows(op.tx, instance))


def _bury(op: Operation, instance: str, alive: frozenset[str]) -> frozenset[str]:
    """The names of what is recorded and not there; their rows say so, and no request is open."""
    rows = ledger.rows(op.tx, instance)
    dead = buried(rows, alive)
    for document in ledger.documents(op.tx, instance):
        name = ledger.name_of(document)
        if name in dead or document.body.keys() & {"request", "error", "answer"}:
            ledger.write(op.tx, instance, dead.get(name) or rows[name])
    return frozenset(dead)


def _begin_phase(op: Operation, actor: Actor, leg: legs.Leg, pursuit: Pursuit) -> bool:
    """Sends what the next phase asks for; False where the goal is reached."""
    goal = cast(Composition, leg.goal)
    rows = ledger.rows(op.tx, leg.instance)
    facts = actor.facts(op, leg.instance)
    phase = next_phase(compare(rows, goal, facts))
    if phase is None:
        return False
    for row in phase.rows:
        _begin(op, actor, Task(leg.instance, phase.verb, row, None, goal), pursuit)
    for part in phase.parts:
        row = rows.get(part.name) or Row(part.name, part.kind, "making", template=part.template)
        row = replace(row, soft=soft_values(part, goal, facts))
        _begin(op, actor, Task(leg.instance, phase.verb, row, part, goal), pursuit)
    return True


def _begin(op: Operation, actor: Actor, task: Task, pursuit: Pursuit) -> None:
    """Notes that it is begun, and asks for it."""
    task = replace(task, row=replace(task.row, state=_STATES[task.verb]))
    pursuit["open"] += 1
    _ask(op, actor, task, None, pursuit)


def _ask(op: Operation, actor: Actor, task: Task, answer: Answer | None, pursuit: Pursuit) -> None:
    """Sends the request that follows an answer, or the first one; its row says so."""
    ask = _next_request(op, actor, task, answer)
    request = patience.begin(ask, op.within(ask))
    patience.note_sent(request, ask)
    serial = ledger.next_serial(op.tx, task.instance, task.row.name)
    op.owe(_message(op, ask, task, serial), request)
    ledger.write(op.tx, task.instance, task.row, request, answer)
    _note_next(pursuit, patience.next_look(request))


def _next_request(op: Operation, actor: Actor, task: Task, answer: Answer | None) -> Ask:
    ask = actor.request(op, task, answer)
    assert isinstance(ask, Ask), f"nothing is asked of {task.row.name}"
    return ask


def _message(op: Operation, ask: Ask, task: Task, serial: int) -> bus.Message:
    key = f"{task.instance}/{task.row.name}#{serial}"
    return bus.request(
        ask.to,
        ask.operation,
        ask.body() if callable(ask.body) else ask.body,
        id=f"{op.id}/{key}",
        reply_to=op.service.name,
        reply_key=f"{op.id}|{key}",
    )


def _take_answers(op: Operation, actor: Actor, way: legs.Way, pursuit: Pursuit) -> bool:
    """What came of requests becomes part of their rows; whether any came."""
    answers, leg = op.state["answers"], way.current()
    keys = [key for key in answers if "#" in key]
    for key in keys:
        stored = answers.pop(key)
        document = _awaiting(op, leg, key) if leg else None
        if leg and document:
            answer = Answer(stored["status"], stored["body"], stored.get("headers", {}))
            _take(op, actor, _task(document, leg), document, answer, pursuit)
    return bool(keys)


def _awaiting(op: Operation, leg: legs.Leg, key: str) -> store.Document | None:
    """The row whose open request an answer is about; None for a late one to an earlier request."""
    name, _, serial = key.removeprefix(f"{leg.instance}/").rpartition("#")
    document = ledger.look(op.tx, leg.instance, name)
    if document is None:
        return None
    entry = ledger.entry_of(document)
    return document if "request" in entry and str(entry["serial"]) == serial else None


def _take(
    op: Operation,
    actor: Actor,
    task: Task,
    document: store.Document,
    answer: Answer,
    pursuit: Pursuit,
) -> None:
    ask = _next_request(op, actor, task, ledger.last_answer(document))
    if answer.status in patience.TRANSIENT | ask.again:
        _wait_for_peer(op, ask, document, answer, pursuit)
    elif answer.status >= 400 and not (task.verb is Verb.DROP and answer.status in GONE):
        error = ledger.Error(status=answer.status, detail=words(ask, answer))
        _refuse(op, document, error, pursuit)
    elif isinstance(result := actor.request(op, task, answer), Ask):
        _ask(op, actor, task, answer, pursuit)
    else:
        _end(op, task, document, result)
        pursuit["open"] -= 1


def _wait_for_peer(
    op: Operation, ask: Ask, document: store.Document, answer: Answer, pursuit: Pursuit
) -> None:
    """The answer was none yet."""
    request = ledger.entry_of(document)["request"]
    patience.note_busy(request, ask, answer)
    op.tx.put(document)
    _note_next(pursuit, patience.next_look(request))


def _refuse(op: Operation, document: store.Document, error: ledger.Error, pursuit: Pursuit) -> None:
    entry = ledger.entry_of(document)
    del entry["request"]
    entry["error"] = error
    op.tx.put(document)
    pursuit["open"] -= 1
    pursuit["refused"] += 1


def _end(op: Operation, task: Task, document: store.Document, detail: Body) -> None:
    """All is done about a resource."""
    if task.verb is Verb.DROP:
        op.tx.remove(document)
    else:
        row = replace(task.row, state="stands", detail=detail)
        ledger.write(op.tx, task.instance, row)


def _ask_again(op: Operation, actor: Actor, way: legs.Way, pursuit: Pursuit) -> None:
    """What was not answered in its time is asked again, under the same id, or given up."""
    now, leg = time.time(), way.current()
    if not patience.has_come(pursuit["next"], now) or leg is None:
        return
    pursuit["next"] = now + patience.ASK_AGAIN_MAX
    for document in ledger.documents(op.tx, leg.instance):
        request = ledger.entry_of(document).get("request")
        if request is not None and patience.has_come(patience.next_look(request), now):
            _repeat(op, actor, _task(document, leg), document, pursuit)
        if request is not None:
            _note_next(pursuit, patience.next_look(request))


def _repeat(
    op: Operation, actor: Actor, task: Task, document: store.Document, pursuit: Pursuit
) -> None:
    entry = ledger.entry_of(document)
    request = entry["request"]
    ask = _next_request(op, actor, task, ledger.last_answer(document))
    if patience.is_over(request):
        words = patience.silence(ask, request, op.within(ask))
        _refuse(op, document, ledger.Error(status=504, detail=words), pursuit)
        return
    patience.note_sent(request, ask)
    op.owe(_message(op, ask, task, entry["serial"]), request)
    op.tx.put(document)


def _note_next(pursuit: Pursuit, at: float) -> None:
    now = time.time()
    pursuit["next"] = min(at, pursuit["next"]) if pursuit["next"] > now else at


def _task(document: store.Document, leg: legs.Leg) -> Task:
    row, goal = ledger.row_of(document), cast(Composition, leg.goal)
    verb = _VERBS[row.state]
    part = None if verb is Verb.DROP else goal.parts[row.part]
    return Task(leg.instance, verb, row, part, goal)


def _failed(op: Operation, way: legs.Way) -> Failed:
    """All refusals together, each with the peer's own words."""
    errors = [
        entry["error"]
        for leg in way.legs
        for document in ledger.documents(op.tx, leg.instance)
        if "error" in (entry := ledger.entry_of(document))
    ]
    return Failed(errors[0]["status"], "; ".join(error["detail"] for error in errors))
