# SPDX-License-Identifier: Apache-2.0
"""Operation occurrences of both services: the states they enter, and the links that each allows."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from mano import lcm, store
from mano.lcm.occurrences import LifeCycle
from mano.problems import Problem
from mano.rest import Reply, Request
from mano.sol import states
from nfvo.api import ns_lcm_op_occs
from nfvo.lcm import occurrences as ns
from nfvo.lcm import plans as ns_plans
from vnfm.api import vnf_lcm_op_occs
from vnfm.lcm import occurrences as vnf
from vnfm.lcm import plans as vnf_plans

TASKS = ("cancel", "retry", "rollback", "fail", "continue")
RESOURCES = {"self", "nsInstance", "vnfInstance"}


@dataclass(frozen=True)
class Side:
    """What a service has for its occurrences."""

    life_cycle: LifeCycle
    handlers: types.ModuleType
    plans: dict[str, lcm.Plan]

    @property
    def tasks(self) -> dict[str, Callable[[Request], Reply]]:
        """The handlers of what a client may do, by the name of the link."""
        names = {name.removesuffix("_"): handler for name, handler in vars(self.handlers).items()}
        return {name: names[name] for name in TASKS if name in names}


SIDES = {
    "NS": Side(ns.NS, ns_lcm_op_occs, ns_plans.OPERATIONS),
    "VNF": Side(vnf.VNF, vnf_lcm_op_occs, vnf_plans.OPERATIONS),
}
EVERY_STATE = [
    pytest.param(side, state, id=f"{name}-{state}")
    for name, side in SIDES.items()
    for state in side.life_cycle.arrows
]
EVERY_SIDE = [pytest.param(side, id=name) for name, side in SIDES.items()]


@pytest.fixture
def tx(new_store: Callable[[], store.Store]) -> Iterator[store.Transaction]:
    with new_store().begin() as transaction:
        yield transaction


def instance(tx: store.Transaction, side: Side) -> store.Document:
    words = side.life_cycle
    body = {"id": "i", words.descriptor_id: "d", words.instance_state: "NOT_INSTANTIATED"}
    return tx.add(words.instances, "i", body)


def occurrence(
    tx: store.Transaction, side: Side, state: str = "", operation: str = "INSTANTIATE"
) -> store.Document:
    """One of an instance of its own, in any state."""
    plan = side.plans[operation]
    started = side.life_cycle.start(tx, plan, operation, instance(tx, side), {})
    started.body["operationState"] = state or started.body["operationState"]
    return tx.put(started)


def request(tx: store.Transaction, side: Side, occurrence: store.Document) -> Request:
    return Request(tx, params={side.life_cycle.occurrence_id: occurrence.id}, base="/api")


def operation(tx: store.Transaction, side: Side, occurrence: store.Document) -> lcm.Operation:
    """The operation as a step sees it, with the occurrence as it is stored."""
    state = {"kind": side.life_cycle.occurrences, "memo": {}, "answers": {}, "asked": {}}
    job = store.Job(occurrence.id, "lcm", 0, state)
    return lcm.Operation(None, tx, job, "step", False)  # type: ignore[arg-type]  # asks nobody


def links(tx: store.Transaction, side: Side, occurrence: store.Document) -> dict[str, Any]:
    reply = side.handlers.read(request(tx, side, occurrence))
    return {name: link["href"] for name, link in reply.body["_links"].items()}


@pytest.mark.parametrize("side, state", EVERY_STATE)
def test_an_occurrence_links_to_what_its_state_allows(
    tx: store.Transaction, side: Side, state: str
) -> None:
    more = {"continue"} if side is SIDES["NS"] else set()
    allowed = {"FAILED_TEMP": {"retry", "rollback", "fail"} | more}.get(
        state, set() if state in states.ENDED else {"cancel"}
    )
    assert links(tx, side, occurrence(tx, side, state)).keys() - RESOURCES == allowed


@pytest.mark.parametrize("side, state", EVERY_STATE)
def test_what_is_not_linked_is_refused_with_the_state(
    tx: store.Transaction, side: Side, state: str
) -> None:
    stored = occurrence(tx, side, state)
    for task in side.tasks.keys() - links(tx, side, stored).keys():
        with pytest.raises(Problem, match=f"The operation is {state}"):
            side.tasks[task](request(tx, side, stored))


@pytest.mark.parametrize("side, state", EVERY_STATE)
def test_what_is_linked_is_done(tx: store.Transaction, side: Side, state: str) -> None:
    stored = occurrence(tx, side, state)
    before = dict(stored.body)
    for task in side.tasks.keys() & links(tx, side, stored).keys():
        assert side.tasks[task](request(tx, side, stored)).status in (200, 202)
        stored = tx.get(stored.kind, stored.id)
        stored.body = dict(before)
        tx.put(stored)


@pytest.mark.parametrize("side", EVERY_SIDE)
def test_the_links_lead_to_the_occurrence_and_its_instance(
    tx: store.Transaction, side: Side
) -> None:
    stored, words = occurrence(tx, side), side.life_cycle
    assert links(tx, side, stored) == {
        "self": f"/api/{words.occurrences}/{stored.id}",
        words.instance_link: f"/api/{words.instances}/i",
        "cancel": f"/api/{words.occurrences}/{stored.id}/cancel",
    }


@pytest.mark.parametrize("side", EVERY_SIDE)
def test_a_state_without_an_arrow_to_it_is_not_entered(tx: store.Transaction, side: Side) -> None:
    op = operation(tx, side, occurrence(tx, side, "COMPLETED"))
    with pytest.raises(Problem, match="is COMPLETED and cannot become FAILED_TEMP"):
        side.life_cycle.enter(op, "FAILED_TEMP", {"status": 500, "detail": "late"})


@pytest.mark.parametrize("side", EVERY_SIDE)
def test_a_step_that_runs_again_enters_its_state_again_and_stores_what_it_changed(
    tx: store.Transaction, side: Side
) -> None:
    op = operation(tx, side, occurrence(tx, side))
    for grant in ("first", "second"):
        op.occurrence["grantId"] = grant
        side.life_cycle.enter(op, "PROCESSING", None)
    with_lock = tx.get(op.document.kind, op.id, lock=True)
    assert (with_lock.body["operationState"], with_lock.body["grantId"]) == ("PROCESSING", "second")


@pytest.mark.parametrize("side", EVERY_SIDE)
def test_an_instance_is_busy_until_its_operation_has_ended(
    tx: store.Transaction, side: Side
) -> None:
    op, words = operation(tx, side, occurrence(tx, side, "PROCESSING")), side.life_cycle
    with pytest.raises(Problem, match=f"is busy: operation {op.id} has not ended"):
        words.check_free(tx.get(words.instances, "i"))
    words.enter(op, "COMPLETED", None)
    words.check_free(tx.get(words.instances, "i"))


@pytest.mark.parametrize("side", EVERY_SIDE)
def test_an_error_names_the_instance_and_the_operation(tx: store.Transaction, side: Side) -> None:
    op = operation(tx, side, occurrence(tx, side))
    side.life_cycle.enter(op, "FAILED_TEMP", {"status": 409, "detail": "no room"})
    detail = op.occurrence["error"]["detail"]
    assert detail == f"{side.life_cycle.instance} i (i), INSTANTIATE: no room"


@pytest.mark.parametrize("side", EVERY_SIDE)
def test_a_termination_is_not_rolled_back(tx: store.Transaction, side: Side) -> None:
    stored = occurrence(tx, side, "FAILED_TEMP", "TERMINATE")
    with pytest.raises(Problem, match="TERMINATE cannot be rolled back"):
        side.handlers.rollback(request(tx, side, stored))


@pytest.mark.parametrize("side", EVERY_SIDE)
def test_an_instance_enters_the_state_it_is_in_and_the_other(
    tx: store.Transaction, side: Side
) -> None:
    document, words = instance(tx, side), side.life_cycle
    words.move_instance(document, "NOT_INSTANTIATED")  # terminated after it was never up
    words.move_instance(document, "INSTANTIATED")
    assert document.body[words.instance_state] == "INSTANTIATED"
    with pytest.raises(Problem, match="is INSTANTIATED and cannot become GONE"):
        words.move_instance(document, "GONE")
