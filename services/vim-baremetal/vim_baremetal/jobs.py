# SPDX-License-Identifier: Apache-2.0
"""The jobs of each host: send its desired state, tell the NFVO of it, notice its silence, answer
who waits for it."""

from __future__ import annotations

import datetime
import functools
import time
from typing import Any

from mano import bus, store
from mano.service import Runner, Service
from mano.sol.documents import Body
from mano.store.jobs import PARKED
from mano.vim import news
from mano.vim import service as vim_service
from vim_baremetal import desired, inventory, resources
from vim_baremetal.settings import Settings


def runners(settings: Settings) -> dict[str, Runner]:
    """By the kind of the job; its id is `<kind>/<host>`."""
    works = {"desired": _send, "tell": _report_to_nfvo, "check": _check, "added": _added}
    return {kind: functools.partial(_run, work, settings) for kind, work in works.items()}


def _run(work: Any, settings: Settings, service: Service, job: store.Job) -> bool:
    """Runs a job that answers when it wants to run again, None: not any more."""
    with service.store.begin() as tx:
        host = tx.look("hosts", job.id.partition("/")[2], lock=True)
        delay = work(tx, settings, job, host) if host and host.body["added"] else None
        if delay is None:
            return not tx.finish_unless_signalled(job)
        return tx.release(job, delay)


def _send(tx: store.Transaction, settings: Settings, job: store.Job, host: store.Document) -> float:
    """Sends the newest desired state until a report says that it was taken; however much changed,
    it is one message."""
    state, version, now = job.state, host.body["desiredVersion"], time.time()
    state["again"] = state.get("again") or any(signal.get("again") for signal in job.signals)
    if host.body["state"] != "ENABLED" or (
        version == host.body["appliedVersion"] and not state["again"]
    ):
        return PARKED  # a change, or the agent when it comes back, wakes us
    if state["again"] or state.get("version") != version:
        state["tries"] = 0
    pause = (
        settings.send_again * 2 ** (state["tries"] - 1) if state["tries"] else settings.send_every
    )
    wait: float = state.get("sent", 0.0) + min(pause, settings.send_again_max) - now
    if 0 < wait <= settings.send_again_max:
        return wait
    tx.owe(
        bus.request(
            f"agent.{host.id}",
            "desired",
            _document(tx, host),
            id=f"desired/{host.id}/{version}/{now:.3f}",
        )
    )
    state.update(again=False, version=version, sent=now, tries=state["tries"] + 1)
    return min(settings.send_again * float(2 ** (state["tries"] - 1)), settings.send_again_max)


def _document(tx: store.Transaction, host: store.Document) -> Body:
    vim = host.body["vim"]
    bodies = [document.body for document in resources.on_host(tx, vim, host.id)]
    ids = {resource["spec"].get("image") for resource in bodies if resource["kind"] == "compute"}
    images = [image.body for id in sorted(filter(None, ids)) if (image := tx.look("image", id))]
    version, paused = host.body["desiredVersion"], host.body.get("paused", False)
    return dict(desired.document(vim, host.id, version, bodies, images, paused))


def _report_to_nfvo(
    tx: store.Transaction, settings: Settings, job: store.Job, host: store.Document
) -> float:
    """Owes the NFVO the host as it is now."""
    state, now = job.state, time.time()
    wait: float = state.get("told", 0.0) + settings.tell_every - now
    if 0 < wait <= settings.tell_every:
        return wait
    last = tx.look("reports", host.id)
    body = {key: host.body[key] for key in ("vim", "state", "facts")} | {
        "host": host.id,
        **(last.body if last else {"resources": {}, "plan": [], "version": 0, "events": []}),
        "at": _text(now),
        "serial": tx.next_version(),
    }
    id = f"tell/{host.id}/{body['serial']}"
    tx.owe(bus.request(settings.tell, "host_report", body, id=id))
    state["told"] = now
    return PARKED


def _text(now: float) -> str:
    return (
        datetime.datetime.fromtimestamp(now, datetime.UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def _check(
    tx: store.Transaction, settings: Settings, job: store.Job, host: store.Document
) -> float:
    """Marks a host whose agent has fallen silent."""
    left = float(host.body["seen"]) + settings.silence - time.time()
    if host.body["state"] != "ENABLED" or left > 0:
        return max(left, 0.0) + 0.05 if host.body["state"] == "ENABLED" else PARKED
    host.body["state"] = "UNREACHABLE"
    tx.put(host)
    vim = host.body["vim"]
    computes = resources.news_of_computes(tx, vim, host.id, "UNKNOWN")
    news.owe(tx, settings.tell_of_computes, vim, computes)
    tx.schedule(f"tell/{host.id}", "tell")
    return PARKED


def _added(
    tx: store.Transaction, settings: Settings, job: store.Job, host: store.Document
) -> float | None:
    """Answers those who added a host and wait for its agent."""
    watchers = vim_service.watchers(job)
    if host.body["state"] == "REGISTERED":
        return PARKED
    for watcher in watchers.values():
        tx.owe(bus.answer(watcher, 201, inventory.public_host(host.body, settings.policy)))
    return None
