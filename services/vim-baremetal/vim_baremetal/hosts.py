# SPDX-License-Identifier: Apache-2.0
"""The verbs about hosts: those of an operator (add_host, remove_host) and those of agents (hello,
report, image)."""

from __future__ import annotations

import functools
import logging
import time
from typing import Any

from mano import bus
from mano.bus import versions
from mano.bus.receiver import Response, Verb
from mano.store import Document, Store, Transaction
from mano.vim import news, port
from mano.vim import service as vim_service
from vim_baremetal import allocation, attachment, images, inventory, reports, resources
from vim_baremetal.settings import Settings

log = logging.getLogger(__name__)
Body = dict[str, Any]


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
    body = message["body"]
    is_news = _is_news(tx, body)
    host = inventory.lock_host(tx, body["host"])
    if is_news:
        _follow(tx, settings, host, body)
    if not host.body["added"]:
        raise port.Refused(409, f"host {host.id} was removed since it was to be added")
    if host.body["state"] != "REGISTERED":
        return 201, inventory.public_host(host.body, settings.policy)
    if message["reply_to"]:
        tx.schedule(f"added/{host.id}", "added", {"watchers": {}})
        tx.signal(
            f"added/{host.id}",
            {"watcher": {key: message[key] for key in ("id", "reply_to", "reply_key")}},
        )
    return None


def _pause(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    """With `paused` the host's agent plans and changes nothing, until it is unpaused."""
    body = message["body"]
    if _is_news(tx, body):
        _follow(tx, settings, inventory.lock_host(tx, body["host"]), body)
    return 200, {}


def _follow(tx: Transaction, settings: Settings, host: Document, body: Body) -> None:
    """The locked host becomes what the NFVO says."""
    vim, paused = body["vim"], body.get("paused", False)
    if not host.body["added"] or host.body["vim"] != vim:
        _adopt(tx, settings, host, vim)
    if host.body.get("paused", False) != paused:
        host.body["paused"] = paused
        inventory.raise_version(tx, host)
    tx.put(host)


def _adopt(tx: Transaction, settings: Settings, host: Document, vim: str) -> None:
    former = host.body["vim"]
    if host.body["added"] and resources.on_host(tx, former, host.id):
        raise port.Refused(
            409, f"host {host.id} bears resources of VIM {former}. Terminate them first."
        )
    host.body.update(added=True, vim=vim)
    if time.time() - host.body["seen"] < settings.silence:
        _is_here(tx, settings, host)
    tx.schedule(f"tell/{host.id}", "tell")


def _is_news(tx: Transaction, body: Body, gone: bool = False) -> bool:
    """Whether the NFVO has said nothing younger of the host; to be asked before its row is held."""
    return versions.take(tx, f"host/{body['host']}", body.get("version", 0), gone=gone)


def _remove(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    body = message["body"]
    if not _is_news(tx, body, gone=True):
        return 204, None
    host = tx.look("hosts", body["host"], lock=True)
    if host is None or not host.body["added"]:
        return 204, None
    if documents := resources.on_host(tx, body["vim"], host.id):
        names = [f"{document.kind} {document.body['name']}" for document in documents[:5]]
        if len(documents) > 5:
            names.append("…")
        raise port.Refused(
            409,
            f"host {host.id} still bears {len(documents)} resources: {', '.join(names)}."
            " Terminate what they belong to first.",
        )
    tx.remove(host)
    if report := tx.look("reports", host.id, lock=True):
        tx.remove(report)
    return 204, None


def _hello(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    """An agent has started or come back: it is sent its desired state again."""
    host = inventory.lock_host(tx, message["body"]["host"])
    if inventory.is_late(host.body, message["body"]):
        return 200, {}
    _note(tx, settings, host, message["body"])
    tx.put(host)
    if host.body["added"]:
        tx.schedule(f"desired/{host.id}", "desired")
        tx.signal(f"desired/{host.id}", {"again": True})
        tx.schedule(f"tell/{host.id}", "tell")
    return 200, {}


def _report(tx: Transaction, settings: Settings, message: bus.Message) -> Response:
    body = message["body"]
    host = inventory.lock_host(tx, body["host"])
    if inventory.is_late(host.body, body):
        return 200, {}
    is_another = _note(tx, settings, host, body)
    if host.body["added"]:
        _apply(tx, settings, host, body)
        if _store_report(tx, host, body) or is_another:
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


def _note(tx: Transaction, settings: Settings, host: Document, body: Body) -> bool:
    """What hello and report have in common; True if the host is another than it was."""
    record = host.body
    before = (record["state"], record["boot"], record["facts"])
    if record["boot"] not in ("", body.get("boot", record["boot"])):
        inventory.end_boot(record)
        if record["added"]:
            _restart(tx, host)
    record.update(
        facts=body.get("facts", record["facts"]),
        boot=body.get("boot", record["boot"]),
        uptime=body.get("uptime", 0),
        reportedAt=body.get("at", ""),
        seen=time.time(),
        appliedVersion=body.get("version", record["appliedVersion"]),
    )
    if record["appliedVersion"] > record["desiredVersion"]:
        # this database is younger than the agent: outdo it
        record["desiredVersion"] = record["appliedVersion"] + 1
    if record["added"] and record["state"] != "ENABLED":
        _is_here(tx, settings, host)
    return before != (record["state"], record["boot"], record["facts"])


def _is_here(tx: Transaction, settings: Settings, host: Document) -> None:
    """The agent of an added host is heard: the host can be used."""
    if host.body["state"] == "UNREACHABLE":
        computes = resources.news_of_computes(tx, host.body["vim"], host.id)
        _tell_of(tx, settings, host, computes)
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


def _tell_of(
    tx: Transaction, settings: Settings, host: Document, computes: list[news.ComputeNews]
) -> None:
    news.owe(tx, settings.tell_of_computes, host.body["vim"], computes)


def _apply(tx: Transaction, settings: Settings, host: Document, body: Body) -> None:
    """The states of the host's resources as reported."""
    vim, changed = host.body["vim"], list[news.ComputeNews]()
    reported = {**body["resources"], **reports.of_ports(body["resources"])}
    for document in resources.on_host(tx, vim, host.id):
        if document.kind == "storage":
            continue
        after = reports.after(vim, document.body, reported.get(document.id), body["version"])
        if after is None:
            allocation.give_back(host, document.body)
            resources.close(tx, vim, document)
            attachment.release(tx, vim, document)
        elif after != document.body:
            arrived = after["state"] != document.body["state"]
            if document.kind == "compute" and news.of(after) != news.of(document.body):
                changed.append(news.of(after))
            document.body = after
            tx.put(document)
            if arrived:
                vim_service.wake(tx, vim, document.kind, after["name"])
    _tell_of(tx, settings, host, changed)


def _store_report(tx: Transaction, host: Document, body: Body) -> bool:
    """Stores the report; True if it says something new."""
    report = {key: body.get(key) for key in ("version", "resources", "plan")}
    report["events"] = body.get("events", [])  # an older agent keeps none
    last = tx.look("reports", host.id, lock=True)
    if last is None:
        tx.add("reports", host.id, report)
        return True
    if last.body == report:
        return False
    last.body = report
    tx.put(last)
    return True
