# SPDX-License-Identifier: Apache-2.0
"""Instances led from composition to composition, at the simulated VIM and a real store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from mano import bus, composition, lcm, store
from mano.bus.local import Local
from mano.composition import Composition, Part, Row, Verb
from mano.composition.compare import hard_values
from mano.lcm import composition as compositions
from mano.lcm import engine, ledger, legs
from mano.lcm.pursue import Task, pursue
from mano.service import Service
from mano.sol.documents import Body
from mano.threads import Threads
from mano.vim import asks, port, simulator
from mano.vim.documents import Connection
from mano.vim.simulated import Simulated

VIM: Connection = {"vimId": "sim", "vimType": "simulated"}
INSTANCE = "instance"
SIZE = {"vcpus": 1, "memoryMiB": 64}


class Actor:
    """Has resources made at the simulated VIM."""

    def request(self, op: lcm.Operation, task: Task, answer: lcm.Answer | None) -> lcm.Ask | Body:
        if answer is not None:
            return {"id": answer.body["id"]} if answer.body else {}
        name = f"{task.instance}/{task.row.name}"
        if task.part is None:
            return asks.terminate(VIM, task.row.kind, name)
        if task.verb is Verb.CHANGE:
            return asks.update(VIM, task.row.kind, name, task.row.soft)
        spec: Any = {"owner": task.instance, **hard_values(task.part, task.goal), **task.row.soft}
        return asks.allocate(VIM, task.row.kind, name, spec)

    def find(self, op: lcm.Operation, instance: str, rows: dict[str, Row]) -> frozenset[str]:
        kinds = dict.fromkeys(row.kind for row in rows.values())
        answers = op.ask_all([asks.query(VIM, kind, {"owner": instance}) for kind in kinds])
        return frozenset(
            resource["name"].removeprefix(f"{instance}/")
            for answer in answers
            for resource in answer.body
        )

    def facts(self, op: lcm.Operation, instance: str) -> dict[tuple[str, str], tuple[str, ...]]:
        return {}


class Bed:
    """A service whose one operation leads an instance to a composition, and the simulated VIM."""

    def __init__(self, new_store: Callable[[], store.Store]):
        self.threads = Threads(2)
        carrier = Local(self.threads)
        do = lcm.Step("pursue", self._do, self._undo)
        self.plan = lcm.Plan[Any]("change", (do,), self._enter)
        plans = {"change": self.plan}
        self.service = Service("op", new_store(), carrier, self.threads, plans=plans)
        self.vim_service = simulator.build(new_store(), carrier, self.threads, None)
        self.vim = Simulated(self.vim_service.store, "sim")
        self.operations = 0
        self.threads.start()
        for service in (self.service, self.vim_service):
            service.start()

    def stop(self) -> None:
        for service in (self.service, self.vim_service):
            service.stop()
        self.threads.stop()

    def faults(self, *rules: Body, **settings: Any) -> None:
        self.vim.configure({"extra": {"faults": list(rules), **settings}})

    def begin(self, wanted: Composition, rules: composition.Rules | None = None) -> str:
        self.operations += 1
        id = str(self.operations)
        with self.service.store.begin() as tx:
            tx.add("occurrences", id, {"state": "PROCESSING"})
            way = legs.begin(tx, id, rules)
            legs.add(tx, way, compositions.get(tx, INSTANCE), wanted)
            way.save(tx)
            engine.schedule(tx, self.plan, "occurrences", id)
        return id

    def lead(self, wanted: Composition, rules: composition.Rules | None = None) -> None:
        self.until("COMPLETED", self.begin(wanted, rules))

    def until(self, state: str, id: str, seconds: float = 10.0) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.service.store.begin() as tx:
                body = tx.get("occurrences", id).body
            if body["state"] == state:
                return str(body.get("detail", ""))
            time.sleep(0.01)
        raise AssertionError(f"{body}, not {state}")

    def tell(self, id: str, event: str) -> None:
        with self.service.store.begin() as tx:
            tx.get("occurrences", id, lock=True).body["state"] = "PROCESSING"
            tx.signal(id, {"event": event})

    def composition(self) -> Composition:
        with self.service.store.begin() as tx:
            return compositions.get(tx, INSTANCE).composition

    def live(self) -> set[str]:
        return {
            resource["name"].removeprefix(f"{INSTANCE}/")
            for kind in port.KINDS
            for resource in self.vim.query(kind, {})
        }

    def rows(self) -> dict[str, Row]:
        with self.service.store.begin() as tx:
            return ledger.rows(tx, INSTANCE)

    def assert_whole(self) -> None:
        """VIM, ledger and composition agree, and nothing is left of the operation."""
        names = {part.name for part in self.composition().parts.values()}
        assert names == set(self.rows()) == self.live()
        assert {row.state for row in self.rows().values()} <= {"stands"}
        with self.service.store.begin() as tx:
            assert not tx.find(legs.KIND)

    def _do(self, op: lcm.Operation) -> None:
        pursue(op, Actor())

    def _undo(self, op: lcm.Operation) -> None:
        pursue(op, Actor(), back=True)

    def _enter(self, op: lcm.Operation, state: str, error: Body | None) -> None:
        op.occurrence.update(state=state, detail=(error or {}).get("detail", ""))
        op.save()
        if state != "FAILED_TEMP":
            legs.end(op.tx, op.id)


@pytest.fixture
def bed(new_store: Callable[[], store.Store]) -> Iterator[Bed]:
    bed = Bed(new_store)
    yield bed
    bed.stop()


def _service(number: int, image: str = "a", mtu: int = 1500) -> Composition:
    parts = [Part("lan", "network", soft={"mtu": mtu})]
    for index in range(number):
        vnfc = f"web-{index}"
        parts.append(Part(vnfc, "compute", {"image": image, "ports": [], **SIZE}))
        hard = {"network": composition.at("lan")}
        parts.append(Part(f"{vnfc}/cp", "port", hard, {"compute": composition.at(vnfc)}))
    return Composition({"number": number}, {part.id: part for part in parts})


def test_what_is_wanted_is_there_and_what_is_not_is_gone(bed: Bed) -> None:
    for number in (2, 4, 1):
        bed.lead(_service(number))
        bed.assert_whole()
        assert len(bed.composition().of_kind("compute")) == number
    bed.lead(Composition())
    bed.assert_whole()
    assert bed.live() == set()


def test_a_soft_value_is_changed_in_place_and_a_hard_one_makes_the_next_incarnation(
    bed: Bed,
) -> None:
    bed.lead(_service(2))
    bed.lead(_service(2, mtu=9000))
    assert bed.vim.query("network", {})[0]["spec"]["mtu"] == 9000
    assert "web-0.1" in bed.live()
    bed.lead(_service(2, image="b"))
    assert {"web-0.2", "web-1.2", "web-0/cp.1"} <= bed.live()
    [moved] = bed.vim.query("port", {"name": f"{INSTANCE}/web-0/cp.1"})
    assert cast(Body, moved["spec"])["compute"] == "web-0.2"
    bed.assert_whole()


def test_a_refusal_names_each_resource_with_the_peers_words_and_keeps_what_was_done(
    bed: Bed,
) -> None:
    bed.faults({"name": "web-1", "kind": "compute", "error": {"status": 507, "detail": "full"}})
    id = bed.begin(_service(3))
    detail = bed.until("FAILED_TEMP", id)
    assert detail == f"compute {INSTANCE}/web-1.1: vim-simulated answered 507: full"
    states = {name: row.state for name, row in bed.rows().items() if row.kind == "compute"}
    assert states == {"web-0.1": "stands", "web-1.1": "making", "web-2.1": "stands"}


def test_a_retry_makes_what_is_missing_and_nothing_else(bed: Bed) -> None:
    bed.faults({"name": "web-1.1", "kind": "compute", "times": 1})
    id = bed.begin(_service(3))
    bed.until("FAILED_TEMP", id)
    bed.tell(id, "retry")
    bed.until("COMPLETED", id)
    bed.assert_whole()
    assert {"web-0.1", "web-1.1", "web-2.1"} <= bed.live()


def test_a_retry_replaces_what_died_meanwhile(bed: Bed) -> None:
    bed.faults({"name": "web-1.1", "kind": "compute", "times": 1})
    id = bed.begin(_service(3))
    bed.until("FAILED_TEMP", id)
    bed.vim.terminate("compute", f"{INSTANCE}/web-0.1")
    bed.tell(id, "retry")
    bed.until("COMPLETED", id)
    bed.assert_whole()
    assert {"web-0.2", "web-1.1", "web-2.1"} <= bed.live()


def test_a_rollback_restores_the_very_same_where_nothing_was_dropped(bed: Bed) -> None:
    bed.lead(_service(1))
    before = bed.composition()
    bed.faults({"name": "web-2", "kind": "compute"})
    id = bed.begin(_service(3))
    bed.until("FAILED_TEMP", id)
    bed.tell(id, "rollback")
    bed.until("ROLLED_BACK", id)
    bed.assert_whole()
    assert bed.composition() == before


def test_a_rollback_that_fails_may_be_tried_again_or_turned_to_a_retry(bed: Bed) -> None:
    bed.lead(_service(2))
    bed.faults(
        {"name": "web-3", "kind": "compute", "times": 1},
        {"name": "web-2.1", "kind": "compute", "verb": "terminate", "times": 1},
    )
    id = bed.begin(_service(4))
    bed.until("FAILED_TEMP", id)
    bed.tell(id, "rollback")
    time.sleep(0.3)
    bed.until("FAILED_TEMP", id)
    bed.tell(id, "retry")
    bed.until("COMPLETED", id)
    bed.assert_whole()
    assert len(bed.composition().of_kind("compute")) == 4


def test_what_is_given_up_is_cleared_by_the_next_operation(bed: Bed) -> None:
    bed.lead(_service(1))
    bed.faults({"name": "web-2", "kind": "compute"})
    id = bed.begin(_service(3))
    bed.until("FAILED_TEMP", id)
    with bed.service.store.begin() as tx:
        legs.end(tx, id)
        tx.drop_job(id)
    assert len(bed.composition().of_kind("compute")) == 1
    bed.faults()
    bed.lead(_service(1))
    bed.assert_whole()


def test_without_room_the_old_one_goes_before_the_new_one_comes(bed: Bed) -> None:
    bed.faults(zones={"z": {"vcpus": 2, "memoryMiB": 1000}})
    bed.lead(_service(2))
    with bed.service.store.begin() as tx:
        way = legs.begin(tx, "tight", composition.Rules(room=0))
        tx.add("occurrences", "tight", {"state": "PROCESSING"})
        stored = compositions.get(tx, INSTANCE)
        legs.add(tx, way, stored, _service(2, image="b"))
        way.save(tx)
        engine.schedule(tx, bed.plan, "occurrences", "tight")
    bed.until("COMPLETED", "tight")
    bed.assert_whole()


def test_a_peer_that_is_away_is_asked_again_and_a_late_answer_does_no_harm(bed: Bed) -> None:
    bed.faults({"kind": "compute", "times": 4, "error": {"status": 503, "detail": "later"}})
    id = bed.begin(_service(3))
    late = bus.request("op", "", None, id="late", reply_to="op", reply_key=f"{id}|")
    for serial in (0, 7):
        key = f"{id}|{INSTANCE}/web-0.1#{serial}"
        answer = bus.answer({**late, "reply_key": key}, 500, {"detail": "an old one"})
        bed.service.receiver.deliver(answer)
    bed.until("COMPLETED", id)
    bed.assert_whole()
