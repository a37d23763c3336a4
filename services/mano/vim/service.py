# SPDX-License-Identifier: Apache-2.0
"""A VIM on the bus: takes the port's verbs as messages and answers when the VIM has ended what they
began."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from mano import bus, store
from mano.bus.receiver import Response, Verb
from mano.sol.documents import Body
from mano.vim import port
from mano.vim.documents import Capabilities, Resource

if TYPE_CHECKING:
    from mano.service import Service

POLL = 1.0  # seconds, where the VIM gives no better hint
AT_CALLER = (
    "image",
    "BUILDING",
)  # an image that waits for its bytes waits for the one who allocated it
Factory = Callable[[str], port.Vim]  # the VIM of an id


def verbs(factory: Factory, kept: store.Store, capabilities: Capabilities) -> dict[str, Verb]:
    """What a VIM service does with messages; a body names its VIM: {"vim", "kind", "name", …}."""
    return {
        "allocate": functools.partial(_allocate, factory, kept),
        "terminate": functools.partial(_terminate, factory, kept),
        "update": lambda m: (
            200,
            _vim(factory, m).update(m["body"]["kind"], m["body"]["name"], m["body"]["change"]),
        ),
        "query": lambda m: (200, _vim(factory, m).query(m["body"]["kind"], m["body"]["filter"])),
        "capacity": lambda m: (
            200,
            {"zones": _vim(factory, m).capacity(), "capabilities": capabilities},
        ),
        "add_image": functools.partial(_add_image, factory),
        "configure": functools.partial(_configure, factory),
    }


def awaiting(factory: Factory) -> Callable[[Service, store.Job], bool]:
    """The runner of the jobs that watch resources on their way: answers when one has arrived."""
    return functools.partial(_watch, factory)


def wake(tx: store.Transaction, vim: str, kind: str, name: str) -> None:
    """Who waits for the resource looks again, for this transaction has changed it.

    If nobody waits, the job is made: a watcher that is being stored just now waits for the end of
    this transaction, instead of reading the resource as it was and sleeping on it."""
    id = job_id(vim, kind, name)
    if not tx.signal(id):
        tx.schedule(id, "await", {"watchers": {}})


def job_id(vim: str, kind: str, name: str) -> str:
    """The job that watches a resource."""
    return f"await/{vim}/{kind}/{name}"


def _vim(factory: Factory, message: bus.Message) -> port.Vim:
    return factory(message["body"]["vim"])


def _allocate(factory: Factory, kept: store.Store, message: bus.Message) -> Response:
    body = message["body"]
    return _answer_or_watch(
        kept, message, _vim(factory, message).allocate(body["kind"], body["name"], body["spec"])
    )


def _terminate(factory: Factory, kept: store.Store, message: bus.Message) -> Response:
    body = message["body"]
    return _answer_or_watch(
        kept, message, _vim(factory, message).terminate(body["kind"], body["name"])
    )


def _answer_or_watch(
    kept: store.Store, message: bus.Message, resource: Resource | None
) -> Response:
    said = _said(message["operation"], resource)
    if said is None and resource is not None and message["reply_to"]:
        body = message["body"]
        watched = {key: message[key] for key in ("id", "operation", "reply_to", "reply_key")}
        id = job_id(body["vim"], body["kind"], body["name"])
        kept.run(
            lambda tx: add_watcher(
                tx,
                id,
                {"body": {key: body[key] for key in ("vim", "kind", "name")}, **watched},
                resource.get("poll", POLL),
            )
        )
    return said


def add_watcher(tx: store.Transaction, id: str, watcher: Body, poll: float) -> None:
    """Lets the job answer the watcher's message; it looks at the resource at once, then when it is
    woken, and every `poll` seconds."""
    tx.schedule(id, "await", {"watchers": {}}, delay=poll)
    tx.signal(id, {"watcher": watcher})


def _said(verb: str, resource: Resource | None) -> Response:
    """The answer a resource's state amounts to; None while it is on its way."""
    if resource is None:
        return 204, None
    if verb == "allocate" and (
        resource["state"] == "ACTIVE" or (resource["kind"], resource["state"]) == AT_CALLER
    ):
        # Without the spec, which who asks has sent: a VNFC's day-0 document names all the others.
        return 201, {name: value for name, value in resource.items() if name != "spec"}
    if resource["state"] == "ERROR":
        error: Body = {**resource.get("error", {})}
        return int(error.get("status", 500)), {
            "status": 500,
            "detail": "the resource is in ERROR",
            **error,
        }
    return None


def _watch(factory: Factory, service: Service, job: store.Job) -> bool:
    for signal in job.signals:
        if "watcher" in signal:
            job.state["watchers"][signal["watcher"]["id"]] = signal["watcher"]
    delay = 60.0
    answers = []
    for id, message in list(job.state["watchers"].items()):
        body = message["body"]
        found = factory(body["vim"]).query(body["kind"], {"name": body["name"]})
        resource = found[0] if found else None
        said = _said(message["operation"], resource)
        if resource is None and message["operation"] == "allocate":
            said = (
                409,
                {
                    "status": 409,
                    "detail": f"{body['kind']} {body['name']} was terminated while it was being "
                    "allocated",
                },
            )
        if said is None and resource is not None:
            delay = min(delay, resource.get("poll", POLL))
        elif said is not None:
            answers.append(bus.answer(message, *said))
            del job.state["watchers"][id]
    with service.store.begin() as tx:
        for message in answers:
            tx.owe(message)
        if job.state["watchers"]:
            return tx.release(job, delay)
        return not tx.finish_unless_signalled(job)


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
