# SPDX-License-Identifier: Apache-2.0
"""LCM operation occurrences of NS and VNF: made, moved from state to state, each move notified.

SOL003 5.5.2.13 and SOL005 6.5.2.3 say the same in other words; a `LifeCycle` is one side's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mano import store
from mano.lcm import engine
from mano.lcm.operation import Operation
from mano.lcm.plan import Plan
from mano.problems import Problem
from mano.sol import documents, states
from mano.sol.documents import Body


@dataclass(frozen=True)
class Change:
    """A change of an occurrence that subscribers hear of; `links` are paths below the API."""

    occurrence: store.Document
    instance: store.Document
    before: str  # its state until now, "" if it is new
    notification: Body
    links: dict[str, str]


@dataclass(frozen=True)
class LifeCycle:
    """SOL's words for the operations on one kind of instance, and who hears of them.

    `notify` owes the notification of a change. `settle` ends, with the occurrence of that id, what
    lasts no longer than the operation."""

    instance: str  # what people call it: "NS", "VNF"
    instances: str  # its collection: "ns_instances"
    instance_id: str  # "nsInstanceId"
    instance_name: str  # "nsInstanceName"
    instance_state: str  # "nsState"
    instance_link: str  # "nsInstance"
    descriptor_id: str  # "nsdId"
    occurrences: str  # the occurrences' collection: "ns_lcm_op_occs"
    occurrence_id: str  # "nsLcmOpOccId"
    occurrence_link: str  # "nsLcmOpOcc"
    operation: str  # the occurrence's attribute for what is done: "lcmOperationType"
    entered_time: str  # that for when it entered its state: "statusEnteredTime"
    notification: str  # "NsLcmOperationOccurrenceNotification"
    arrows: states.Arrows  # it begins in the first
    notify: Callable[[store.Transaction, Change], None]
    settle: Callable[[store.Transaction, str], None] = lambda tx, id: None

    def start(
        self,
        tx: store.Transaction,
        plan: Plan,
        operation: str,
        instance: store.Document,
        params: Body,
    ) -> store.Document:
        """A new occurrence of an operation on an instance that is free and locked, due now."""
        occurrence = self._add(tx, next(iter(self.arrows)), operation, instance, params)
        instance.body["_operation"] = occurrence.id
        tx.put(instance)
        engine.schedule(tx, plan, self.occurrences, occurrence.id)
        self._notify(tx, occurrence, instance)
        return occurrence

    def record(
        self,
        tx: store.Transaction,
        operation: str,
        instance: store.Document,
        params: Body,
        **outcome: Any,
    ) -> store.Document:
        """The occurrence of a change that needs no steps: it has ended already."""
        occurrence = self._add(tx, "COMPLETED", operation, instance, params, **outcome)
        self._notify(tx, occurrence, instance)
        return occurrence

    def check_free(self, instance: store.Document) -> None:
        """Problem 409 while an operation runs on the instance."""
        if running := instance.body.get("_operation"):
            raise Problem(
                409,
                f"{self.instance} instance {instance.id} is busy: operation {running} has not "
                "ended. Wait for it, or retry, roll back or fail it at "
                f"/{self.occurrences}/{running}.",
            )

    def check_state(self, instance: store.Document, state: str, purpose: str) -> None:
        """Problem 409 unless the instance is in that state; `purpose` is a verb."""
        now = instance.body[self.instance_state]
        if now != state:
            raise Problem(
                409,
                f"{self.instance} instance {instance.id} is {now}; to {purpose} it, it must be "
                f"{state}.",
            )

    def check_clean(self, instance: store.Document, purpose: str) -> None:
        """Problem 409 unless nothing is made for the instance, and nothing is left of it."""
        self.check_state(instance, "NOT_INSTANTIATED", purpose)
        if instance.body.get("_resources"):
            raise Problem(
                409,
                f"{self.instance} instance {instance.id} still has what an instantiation that "
                "failed has left; terminate it first.",
            )

    def enter(self, op: Operation[Any], state: str, error: Body | None) -> None:
        """The operation's occurrence enters a state; subscribers hear of it.

        What the step has changed in it is stored with that. Problem 409 if no arrow leads there. A
        step that runs again may enter its state again, of which nobody hears."""
        body = op.occurrence
        if body["operationState"] == state and error is None:
            op.save()
            return
        instance = op.tx.get(self.instances, body[self.instance_id], lock=True)
        body.pop("error", None)
        if error is not None:
            body["error"] = {**error, "detail": self._told(body, instance, error["detail"])}
        self.move(op.tx, op.document, instance, state)

    def move(
        self,
        tx: store.Transaction,
        occurrence: store.Document,
        instance: store.Document,
        state: str,
    ) -> None:
        """An occurrence enters a state; with one that has ended its instance is free."""
        body = occurrence.body
        before = body["operationState"]
        states.enter(self.arrows, body, "operationState", state, "The operation")
        body[self.entered_time] = documents.now()
        if state in states.STOPPED:
            body["isCancelPending"] = False
        tx.put(occurrence)
        if state in states.ENDED:
            instance.body.pop("_operation", None)
            tx.put(instance)
            self.settle(tx, occurrence.id)
        self._notify(tx, occurrence, instance, before)

    def remove(self, tx: store.Transaction, instance: store.Document) -> None:
        """An instance is deleted; what it went through is kept for a while."""
        tx.remove(instance)
        tx.retire(self.occurrences, owner=instance.id)

    @property
    def retention(self) -> store.Rule:
        """How long that is."""
        return store.Rule(
            self.occurrences,
            "history",
            f"operations on {self.instance} instances, from when those were deleted",
        )

    def move_instance(self, instance: store.Document, state: str) -> None:
        """An instance enters a state; whoever changes it stores it. Problem 409 without arrow."""
        what = f"{self.instance} instance {instance.id}"
        states.enter(states.INSTANTIATION, instance.body, self.instance_state, state, what)

    def _add(
        self,
        tx: store.Transaction,
        state: str,
        operation: str,
        instance: store.Document,
        params: Body,
        **outcome: Any,
    ) -> store.Document:
        id, time = documents.new_id(), documents.now()
        body = {
            "id": id,
            "operationState": state,
            self.entered_time: time,
            "startTime": time,
            self.instance_id: instance.id,
            self.operation: operation,
            "isAutomaticInvocation": False,
            "isCancelPending": False,
            "operationParams": params,
            **outcome,
        }
        return tx.add(self.occurrences, id, body, owner=instance.id)

    def _told(self, occurrence: Body, instance: store.Document, detail: str) -> str:
        name = instance.body.get(self.instance_name) or instance.id
        return f"{self.instance} {name} ({instance.id}), {occurrence[self.operation]}: {detail}"

    def _notify(
        self,
        tx: store.Transaction,
        occurrence: store.Document,
        instance: store.Document,
        before: str = "",
    ) -> None:
        body = occurrence.body
        notification = {
            "notificationType": self.notification,
            "notificationStatus": "RESULT" if body["operationState"] in states.STOPPED else "START",
            "operationState": body["operationState"],
            self.instance_id: instance.id,
            self.descriptor_id: instance.body[self.descriptor_id],
            "operation": body[self.operation],
            "isAutomaticInvocation": False,
            self.occurrence_id: occurrence.id,
            **_outcome(body),
        }
        links = {
            self.instance_link: f"/{self.instances}/{instance.id}",
            self.occurrence_link: f"/{self.occurrences}/{occurrence.id}",
        }
        self.notify(tx, Change(occurrence, instance, before, notification, links))


def _outcome(occurrence: Body) -> Body:
    """What a notification says of how it went: the error, and what is affected."""
    changes = occurrence.get("resourceChanges", {})
    outcome = {name: changes[name] for name in changes if name.startswith("affected")}
    return outcome | {"error": occurrence["error"]} if "error" in occurrence else outcome
