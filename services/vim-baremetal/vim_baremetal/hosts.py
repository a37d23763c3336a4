# SPDX-License-Identifier: Apache-2.0
"""The verbs about hosts: those of an operator (add_host, remove_host) and those of agents (hello,
report, image)."""

from __future__ import annotations

import functools
import logging
import time
from typing import Any

from mano import bus
from mano.bus.receiver import Response, Verb
from mano.store import Document, Store, Transaction
from mano.vim import port
from mano.vim import service as vim_service
from vim_baremetal import allocation, attachment, images, inventory, reports, resources
from vim_baremetal.settings import Settings

log = logging.getLogger(__name__)
Body = dict[str, Any]
# Seconds in which a report may arrive after a younger one; later, the host's clock was set back.
OVERTAKEN = 5.0


def verbs(store: Store, carrier: bus.Carrier, settings: Settings) -> dict[str, Verb]:
    """What the service does with messages about hosts."""

    def within(verb: Any) -> Verb:
        return lambda message: store.run(lambda tx: verb(tx, settings, message))

    return {
        "add_host": within(_add),
        "remove_host": within(_remove),
        "pause_host": within(_pause),
        "hello": within(_hello),
        "report": within(_report),
        "image": functools.partial(_image, store, carrier),
    }


def _add(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    """Answers 201 as soon as the agent has been heard of; any number of times."""
    host, vim = inventory.lock_host(tx, message["body"]["host"]), message["body"]["vim"]
    if (
        host.body["added"]
        and host.body["vim"] != vim
        and resources.on_host(tx, host.body["vim"], host.id)
    ):
        raise port.Refused(
            409, f"host {host.id} bears resources of VIM {host.body['vim']}. Terminate them first."
        )
    if not host.body["added"] or host.body["vim"] != vim:
        host.body.update(added=True, vim=vim)
        if time.time() - host.body["seen"] < settings.silence:
            _is_here(tx, host)
        tx.put(host)
        tx.schedule(f"tell/{host.id}", "tell")
    if host.body["state"] != "REGISTERED":
        return 201, inventory.public_host(host.body, settings.policy)
    if message["reply_to"]:
        tx.schedule(f"added/{host.id}", "added", {"watchers": {}})
        tx.signal(
            f"added/{host.id}",
            {"watcher": {key: message[key] for key in ("id", "reply_to", "reply_key")}},
        )
    return None


def _remove(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    id, vim = message["body"]["host"], message["body"]["vim"]
    host = tx.look("hosts", id, lock=True)
    if host is None or not host.body["added"]:
        return 204, None
    documents = resources.on_host(tx, vim, id)
    if documents:
        names = [f"{document.kind} {document.body['name']}" for document in documents[:5]]
        if len(documents) > 5:
            names.append("…")
        raise port.Refused(
            409,
            f"host {id} still bears {len(documents)} resources: {', '.join(names)}."
            " Terminate what they belong to first.",
        )
    tx.remove(host)
    if report := tx.look("reports", id, lock=True):
        tx.remove(report)
    return 204, None


def _pause(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    """With `paused` the host's agent plans and changes nothing, until it is unpaused."""
    host = inventory.lock_host(tx, message["body"]["host"])
    if host.body.get("paused", False) != message["body"]["paused"]:
        host.body["paused"] = message["body"]["paused"]
        inventory.raise_version(tx, host)
        tx.put(host)
    return 200, {}


def _hello(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    """An agent has started or come back: it is sent its desired state again."""
    host = inventory.lock_host(tx, message["body"]["host"])
    _note(tx, host, message["body"])
    tx.put(host)
    if host.body["added"]:
        tx.schedule(f"desired/{host.id}", "desired")
        tx.signal(f"desired/{host.id}", {"again": True})
        tx.schedule(f"tell/{host.id}", "tell")
    return 200, {}


def _report(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    body = message["body"]
    host = inventory.lock_host(tx, body["host"])
    if body["at"] < host.body.get("reportedAt", "") and time.time() - host.body["seen"] < OVERTAKEN:
        return 200, {}
    host.body["reportedAt"] = body["at"]
    news = _note(tx, host, body)
    if host.body["added"]:
        _apply(tx, host, body)
        if _store_report(tx, host, body) or news:
            tx.schedule(f"tell/{host.id}", "tell")
        if host.body["appliedVersion"] != host.body["desiredVersion"]:
            tx.schedule(f"desired/{host.id}", "desired")
    tx.put(host)
    return 200, {}


def _image(store: Store, carrier: bus.Carrier, message: bus.Message) -> Response:
    """A piece of an image. It is not owed: an agent asks until it has it, and a piece is large."""
    body = message["body"]
    with store.begin() as tx:
        answer = images.piece(tx, body["host"], body["id"], body["offset"])
    try:
        carrier.send(answer, lambda: None)
    except bus.carrier.Undeliverable as error:
        log.info("%s", error)
    return 200, {}


def _note(tx: Transaction, host: Document, body: Body) -> bool:
    """What hello and report have in common; True if the host is another than it was."""
    record = host.body
    before = (record["state"], record["boot"], record["facts"])
    if record["added"] and record["boot"] not in ("", body.get("boot", record["boot"])):
        _restart(tx, host)
    record.update(
        facts=body.get("facts", record["facts"]),
        boot=body.get("boot", record["boot"]),
        seen=time.time(),
        appliedVersion=body.get("version", record["appliedVersion"]),
    )
    if record["appliedVersion"] > record["desiredVersion"]:
        # this database is younger than the agent: outdo it
        record["desiredVersion"] = record["appliedVersion"] + 1
    if record["added"] and record["state"] != "ENABLED":
        _is_here(tx, host)
    return before != (record["state"], record["boot"], record["facts"])


def _is_here(tx: Transaction, host: Document) -> None:
    """The agent of an added host is heard: the host can be used."""
    host.body["state"] = "ENABLED"
    if not host.body["desiredVersion"]:
        host.body["desiredVersion"] = 1
    tx.schedule(f"desired/{host.id}", "desired")
    tx.schedule(f"check/{host.id}", "check")
    tx.signal(f"added/{host.id}")


def _restart(tx: Transaction, host: Document) -> None:
    """The host's kernel objects are lost; its agent makes them anew."""
    for document in resources.on_host(tx, host.body["vim"], host.id):
        if document.kind != "storage" and document.body["state"] != "TERMINATING":
            document.body = reports.building(host.body["vim"], document.body)
            tx.put(document)


def _apply(tx: Transaction, host: Document, body: Body) -> None:
    """The states of the host's resources as reported."""
    vim = host.body["vim"]
    reported = {**body["resources"], **reports.of_ports(body["resources"])}
    for document in resources.on_host(tx, vim, host.id):
        if document.kind == "storage":
            continue
        news = reports.after(vim, document.body, reported.get(document.id), body["version"])
        if news is None:
            allocation.give_back(host, document.body)
            resources.close(tx, vim, document)
            attachment.release(tx, vim, document)
        elif news != document.body:
            arrived = news["state"] != document.body["state"]
            document.body = news
            tx.put(document)
            if arrived:
                vim_service.wake(tx, vim, document.kind, news["name"])


def _store_report(tx: Transaction, host: Document, body: Body) -> bool:
    """Stores the report; True if it says something new."""
    report = {key: body.get(key) for key in ("version", "resources", "plan")}
    last = tx.look("reports", host.id, lock=True)
    if last is None:
        tx.add("reports", host.id, report)
        return True
    if last.body == report:
        return False
    last.body = report
    tx.put(last)
    return True
