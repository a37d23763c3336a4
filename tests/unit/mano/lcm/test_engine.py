# SPDX-License-Identifier: Apache-2.0
"""The engine on a real store: a service with a plan of its own, its peer on the local carrier."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from mano import bus, lcm, store
from mano.bus.local import Local
from mano.lcm import engine
from mano.service import Service
from mano.threads import Threads

Store = Callable[[], store.Store]


@dataclass
class Bed:
    """A service `op` that runs plans, and a service `peer` whose verbs the test gives."""

    new_store: Store
    steps: tuple[lcm.Step, ...] = ()
    verbs: dict[str, Any] = field(default_factory=dict)
    entered: list[tuple[str, str]] = field(default_factory=list)

    def start(self) -> None:
        self.threads = Threads(2)
        carrier = Local(self.threads)
        plan = lcm.Plan("plan", self.steps, self._enter)
        self.service = Service("op", self.new_store(), carrier, self.threads, plans={"plan": plan})
        self.peer = Service("peer", self.new_store(), carrier, self.threads, verbs=self.verbs)
        self.threads.start()
        for service in (self.service, self.peer):
            service.start()
        with self.service.store.begin() as tx:
            tx.add("occurrences", "1", {"state": "PROCESSING", "operationState": "PROCESSING"})
            engine.schedule(tx, plan, "occurrences", "1")

    def stop(self) -> None:
        for service in (self.service, self.peer):
            service.stop()
        self.threads.stop()

    def until(self, state: str, seconds: float = 10.0) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.service.store.begin() as tx:
                body = tx.get("occurrences", "1").body
            if body["state"] == state:
                return body
            time.sleep(0.01)
        raise AssertionError(f"{body['state']}, not {state}")

    def event(self, name: str) -> None:
        with self.service.store.begin() as tx:
            tx.signal("1", {"event": name})

    def _enter(self, op: lcm.Operation, state: str, error: dict[str, Any] | None) -> None:
        op.occurrence.update(state=state, error=error, memo=op.memo)
        op.save()
        self.entered.append((state, (error or {}).get("detail", "")))


@pytest.fixture
def bed(new_store: Store) -> Iterator[Bed]:
    bed = Bed(new_store)
    yield bed
    bed.stop()


def _request(key: str = "k") -> lcm.Ask:
    return lcm.Ask("peer", "do", {"key": key}, key, f"thing {key}")


def _wait_until(fits: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _ask_once(op: lcm.Operation) -> None:
    op.ask(_request())


def _ask_both(op: lcm.Operation) -> None:
    op.ask_all([_request("a"), _request("b")])


def _fail(op: lcm.Operation) -> None:
    raise lcm.Failed(500, "broken")


def _nothing(op: lcm.Operation) -> None:
    pass


def _add_thing(op: lcm.Operation) -> None:
    op.tx.add("things", "x", {"n": 0})


def test_a_step_reads_as_if_its_peer_had_answered_at_once(bed: Bed) -> None:
    bed.verbs["do"] = lambda message: (200, {"echo": message["body"]["key"]})

    def step(op: lcm.Operation) -> None:
        answers = op.ask_all([_request("a"), _request("b")])
        op.memo["echoes"] = [answer.body["echo"] for answer in answers]

    bed.steps = (lcm.Step("ask", step),)
    bed.start()
    assert bed.until("COMPLETED")["memo"] == {"echoes": ["a", "b"]}


def test_a_peer_that_is_away_is_waited_for_and_asked_under_the_same_id(bed: Bed) -> None:
    ids: list[str] = []

    def busy(message: dict[str, Any]) -> tuple[int, Any]:
        ids.append(message["id"])
        return (503, {"detail": "later"}) if len(ids) < 3 else (200, {})

    bed.verbs["do"] = busy
    bed.steps = (lcm.Step("ask", _ask_once),)
    bed.start()
    bed.until("COMPLETED")
    assert ids == ["1/ask/k"] * 3


def test_all_refusals_are_told_together_with_the_peers_words(bed: Bed) -> None:
    bed.verbs["do"] = lambda message: (409, {"detail": f"no {message['body']['key']}"})
    bed.steps = (lcm.Step("ask", _ask_both),)
    bed.start()
    detail = bed.until("FAILED_TEMP")["error"]["detail"]
    assert detail == "thing a: peer answered 409: no a; thing b: peer answered 409: no b"


def test_a_retry_does_the_failed_step_again_and_not_those_before(bed: Bed) -> None:
    steps: list[str] = []
    answers = iter([(409, {"detail": "not yet"}), (200, {})])
    bed.verbs["do"] = lambda message: next(answers)
    bed.steps = (
        lcm.Step("first", lambda op: steps.append("first")),
        lcm.Step("ask", _ask_once),
    )
    bed.start()
    bed.until("FAILED_TEMP")
    bed.event("retry")
    bed.until("COMPLETED")
    assert steps == ["first"]


def test_a_rollback_undoes_the_failed_step_and_those_before_it_backwards(bed: Bed) -> None:
    undos: list[str] = []
    bed.steps = (
        lcm.Step("a", _nothing, lambda op: undos.append("a")),
        lcm.Step("without undo", _nothing),
        lcm.Step("b", _fail, lambda op: undos.append("b")),
        lcm.Step("never", _fail, lambda op: undos.append("never")),
    )
    bed.start()
    bed.until("FAILED_TEMP")
    bed.event("rollback")
    bed.until("ROLLED_BACK")
    assert undos == ["b", "a"]


def test_what_a_failing_step_wrote_is_not_there(bed: Bed) -> None:
    def write_and_fail(op: lcm.Operation) -> None:
        op.tx.add("things", "x", {})
        op.memo["x"] = 1
        raise lcm.Failed(500, "broken")

    bed.steps = (lcm.Step("write", write_and_fail),)
    bed.start()
    assert bed.until("FAILED_TEMP")["memo"] == {}
    with bed.service.store.begin() as tx:
        assert tx.look("things", "x") is None


def test_a_waiting_step_frees_the_worker(bed: Bed) -> None:
    runs: list[float] = []

    def wait(op: lcm.Operation) -> None:
        runs.append(time.monotonic())
        if len(runs) < 3:
            raise lcm.Wait(0.1)

    bed.steps = (lcm.Step("wait", wait),)
    bed.start()
    bed.until("COMPLETED")
    assert len(runs) == 3
    assert all(later - earlier >= 0.09 for earlier, later in itertools.pairwise(runs))


def test_a_cancelled_operation_stops_before_its_next_step(bed: Bed) -> None:
    def wait(op: lcm.Operation) -> None:
        raise lcm.Wait(3600)

    bed.steps = (lcm.Step("wait", wait),)
    bed.start()
    time.sleep(0.2)
    bed.event("cancel")
    assert "cancelled by request" in bed.until("FAILED_TEMP")["error"]["detail"]


def test_an_error_nobody_foresaw_is_tried_again_before_it_fails(bed: Bed) -> None:
    runs: list[int] = []

    def breaks_once(op: lcm.Operation) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise KeyError("oops")

    bed.steps = (lcm.Step("breaks", breaks_once),)
    bed.start()
    bed.until("COMPLETED")
    assert len(runs) == 2


def test_a_step_that_meets_a_changed_document_decides_again(bed: Bed) -> None:
    versions: list[int] = []

    def change(op: lcm.Operation) -> None:
        thing = op.tx.look("things", "x") or op.tx.add("things", "x", {"n": 0})
        versions.append(thing.version)
        if len(versions) == 2:  # somebody else is quicker, once
            with closing(bed.service.store.database.connect()) as other:
                other.cursor().execute(
                    f'UPDATE "{bed.service.store.name}".document'
                    " SET version = version + 1 WHERE kind = 'things'"
                )
        op.tx.put(thing)

    def commit(op: lcm.Operation) -> None:
        if not op.memo.get("committed"):
            op.memo["committed"] = True
            raise lcm.Wait(0.0)

    bed.steps = (lcm.Step("make", change), lcm.Step("commit", commit), lcm.Step("change", change))
    bed.start()
    bed.until("COMPLETED")
    assert versions == [1, 2, 3]


def test_what_went_well_before_a_failing_step_is_kept(bed: Bed) -> None:
    bed.steps = (lcm.Step("write", _add_thing), lcm.Step("fail", _fail))
    bed.start()
    bed.until("FAILED_TEMP")
    with bed.service.store.begin() as tx:
        assert tx.get("things", "x").version == 1


def test_an_answer_that_comes_while_the_operation_runs_is_taken_after_it(bed: Bed) -> None:
    def step(op: lcm.Operation) -> None:
        answers = op.ask_all([_request(str(number)) for number in range(5)])
        op.memo["answers"] = [answer.body for answer in answers]

    bed.verbs["do"] = lambda message: (200, message["body"]["key"])
    bed.steps = (lcm.Step("ask", step), lcm.Step("again", step))
    bed.start()
    assert bed.until("COMPLETED")["memo"]["answers"] == ["0", "1", "2", "3", "4"]


def test_a_message_that_comes_twice_is_done_once(bed: Bed) -> None:
    bed.start()
    bed.until("COMPLETED")
    ids: list[str] = []

    def route(tx: store.Transaction, message: dict[str, Any]) -> tuple[int, Any]:
        ids.append(message["id"])
        return 201, {"id": len(ids)}

    bed.peer.receiver.sol = route
    for _ in range(2):
        bed.peer.receiver.deliver(bus.request("peer", "POST /things", None, id="m"))
    assert ids == ["m"]


def test_an_operation_goes_on_when_a_lock_that_it_waited_for_too_long_is_free(bed: Bed) -> None:
    is_locked, tries = threading.Event(), list[float]()
    new_store = bed.new_store

    def make_impatient_store() -> store.Store:
        patient = new_store()
        return store.Store(
            store.Database(patient.database.url, store.Limits(lock=0.2)), patient.name
        )

    def lock(op: lcm.Operation) -> None:
        if not is_locked.is_set():
            raise lcm.Wait(0.05)
        tries.append(time.monotonic())
        op.tx.get("things", "x", lock=True)

    bed.new_store, bed.steps = make_impatient_store, (lcm.Step("lock", lock),)
    bed.start()
    with bed.service.store.begin() as tx:
        tx.add("things", "x", {})
    with closing(bed.service.store.database.connect_without_limits()) as other:
        schema = f'"{bed.service.store.name}"'
        other.cursor().execute(f"BEGIN;SELECT FROM {schema}.document WHERE id = 'x' FOR UPDATE")
        is_locked.set()
        _wait_until(lambda: len(tries) > 1)
        assert bed.entered == []
        other.cursor().execute("ROLLBACK")
    bed.until("COMPLETED")
