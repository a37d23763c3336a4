# SPDX-License-Identifier: Apache-2.0
"""A VIM on the bus: takes the port's verbs as messages and answers when the VIM has ended what they
began."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from mano import bus
from mano.bus.receiver import Response, Verb
from mano.sol.documents import Body
from mano.store import Job, Store, Transaction
from mano.vim import port
from mano.vim.documents import Capabilities, Resource

if TYPE_CHECKING:
    from mano.service import Service

POLL = 1.0  # seconds, where the VIM gives no better hint
IDLE = 60.0  # seconds at most until a job looks again
AT_CALLER = ("image", "BUILDING")  # what waits for its bytes waits for the one who allocated it
ARRIVED = ("ACTIVE", "UNKNOWN")  # what nobody hears of now has come about all the same
Factory = Callable[[str], port.Vim]  # the VIM of an id


def verbs(factory: Factory, store: Store, capabilities: Capabilities) -> dict[str, Verb]:
    """What a VIM service does with messages; a body names its VIM: {"vim", "kind", "name", …}."""
    return {
        "allocate": functools.partial(_allocate, factory, store),
        "terminate": functools.partial(_terminate, factory, store),
        "update": functools.partial(_update, factory, store),
        "query": functools.partial(_query, factory),
        "capacity": functools.partial(_capacity, factory, capabilities),
        "add_image": functools.partial(_add_image, factory),
        "configure": functools.partial(_configure, factory),
    }


def awaiting(factory: Factory) -> Callable[[Service, Job], bool]:
    """The runner of the jobs that watch resources on their way: answers when one has arrived."""
    return functools.partial(_watch, factory)


def wake(tx: Transaction, vim: str, kind: str, name: str) -> None:
    """Who waits for the resource looks again, for this transaction has changed it.

    If nobody waits, the job is made: a watcher that is being stored just now waits for the end of
    this transaction, instead of reading the resource as it was and sleeping on it."""
    id = job_id(vim, kind, name)
    if not tx.signal(id):
        tx.schedule(id, "await", {"watchers": {}})


def job_id(vim: str, kind: str, name: str) -> str:
    """The job that watches a resource."""
    return f"await/{vim}/{kind}/{name}"


def add_watcher(tx: Transaction, id: str, watcher: Body, poll: float) -> None:
    """Lets the job answer the watcher's message; it looks at the resource at once, then when it is
    woken, and every `poll` seconds."""
    tx.schedule(id, "await", {"watchers": {}}, delay=poll)
    tx.signal(id, {"watcher": watcher})


def watchers(job: Job) -> dict[str, bus.Message]:
    """Those whose messages the job is to answer, by the message's id; also those who just came."""
    watchers: dict[str, bus.Message] = job.state["watchers"]
    for signal in job.signals:
        if "watcher" in signal:
            watchers[signal["watcher"]["id"]] = signal["watcher"]
    return watchers


def _vim(factory: Factory, message: bus.Message) -> port.Vim:
    return factory(message["body"]["vim"])


def _allocate(factory: Factory, store: Store, message: bus.Message) -> Response:
    body = message["body"]
    resource = _vim(factory, message).allocate(body["kind"], body["name"], body["spec"])
    return _answer_or_watch(store, message, resource)


def _terminate(factory: Factory, store: Store, message: bus.Message) -> Response:
    body = message["body"]
    resource = _vim(factory, message).terminate(body["kind"], body["name"])
    return _answer_or_watch(store, message, resource)


def _answer_or_watch(store: Store, message: bus.Message, resource: Resource | None) -> Response:
    answer = _answer(message["operation"], resource)
    if answer is None and resource is not None and message["reply_to"]:
        names = {key: message["body"][key] for key in ("vim", "kind", "name")}
        watcher: Body = {key: message[key] for key in ("id", "operation", "reply_to", "reply_key")}
        poll = resource.get("poll", POLL)
        store.run(lambda tx: add_watcher(tx, job_id(**names), {**watcher, "body": names}, poll))
    return answer


def _answer(verb: str, resource: Resource | None) -> Response:
    """The answer a resource's state amounts to; None while it is on its way."""
    if resource is None:
        return 204, None
    if verb != "terminate" and (
        resource["state"] in ARRIVED or (resource["kind"], resource["state"]) == AT_CALLER
    ):
        # Without the spec, which who asks has sent: a VNFC's day-0 document names all the others.
        body = {name: value for name, value in resource.items() if name != "spec"}
        return 201 if verb == "allocate" else 200, body
    if resource["state"] == "ERROR" or (verb == "terminate" and "error" in resource):
        error: Body = {**resource.get("error", {})}
        status = int(error.get("status", 500))
        return status, {"status": 500, "detail": "the resource is in ERROR", **error}
    return None


def _watch(factory: Factory, service: Service, job: Job) -> bool:
    delay, answers, waiting = IDLE, list[bus.Message](), watchers(job)
    for id, watcher in list(waiting.items()):
        body = watcher["body"]
        resources = factory(body["vim"]).query(body["kind"], {"name": body["name"]})
        answer = _late_answer(watcher, resources[0] if resources else None)
        if answer is None:
            delay = min(delay, resources[0].get("poll", POLL))
        else:
            answers.append(bus.answer(watcher, *answer))
            del waiting[id]
    with service.store.begin() as tx:
        for message in answers:
            tx.owe(message)
        if waiting:
            return tx.release(job, delay)
        return not tx.finish_unless_signalled(job)


def _late_answer(watcher: bus.Message, resource: Resource | None) -> Response:
    """As `_answer`, to who has waited: what was to be allocated may be gone meanwhile."""
    if resource is None and watcher["operation"] != "terminate":
        body, verb = watcher["body"], watcher["operation"]
        detail = (
            f"{body['kind']} {body['name']} was terminated meanwhile; nothing is left to {verb}"
        )
        return 409, {"status": 409, "detail": detail}
    return _answer(watcher["operation"], resource)


def _update(factory: Factory, store: Store, message: bus.Message) -> Response:
    body = message["body"]
    resource = _vim(factory, message).update(body["kind"], body["name"], body["change"])
    return _answer_or_watch(store, message, resource)


def _query(factory: Factory, message: bus.Message) -> Response:
    body = message["body"]
    return 200, _vim(factory, message).query(body["kind"], body["filter"])


def _capacity(factory: Factory, capabilities: Capabilities, message: bus.Message) -> Response:
    zones = _vim(factory, message).capacity()
    return 200, {"zones": zones, "capabilities": capabilities}


def _add_image(factory: Factory, message: bus.Message) -> Response:
    body = message["body"]
    return 200, _vim(factory, message).add_image(
        body["name"], body["offset"], base64.b64decode(body["content"]), body["last"]
    )


def _configure(factory: Factory, message: bus.Message) -> Response:
    _vim(factory, message).configure(message["body"]["settings"])
    return 200, {}
