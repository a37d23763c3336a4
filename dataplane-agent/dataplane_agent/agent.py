# SPDX-License-Identifier: Apache-2.0
"""The loop: woken by messages, by the end of processes, and by the clock, it converges and reports.

One thread does everything that touches the host. What it must remember is the last desired
document; the rest it reads."""

import datetime
import json
import os
import select
import sys
import threading
import time
import traceback
from typing import Any

from dataplane_agent import (
    VERSION,
    apply,
    bus,
    convergence,
    desired,
    facts,
    found,
    images,
    logs,
    names,
    plan,
    report,
    runtimes,
    state,
    supervision,
)

Document = dict[str, Any]
DRIFT = 5.0  # seconds between looks at a quiet host
LIVELY = 1.0  # the same while something moves
FAULT = 1.0  # seconds of rest after a fault of our own
ALIVE = 10.0  # seconds after which a report is due though nothing is new


class Agent:
    """An agent of one host."""

    def __init__(self, host: str, tag: str, folder: str, carrier: bus.Bus, vim: str) -> None:
        self.name, self.folder, self.bus, self.vim = host, folder, carrier, vim
        self.facts = facts.read(folder)
        self.host = plan.Host(
            tag, tuple(c["id"] for c in self.facts["cpus"]), self.facts["features"]
        )
        self.tools = apply.Tools(tag, folder, self.facts["features"], runtimes.known())
        kept = state.load(folder, "desired.json") or {}
        self.desired: Document | None = kept.get("desired")
        self.known: dict[str, str] = kept.get(
            "known", {}
        )  # resources that may still be here: id -> kind
        self.outcome = convergence.Outcome(found.Found())
        self.fetcher = images.Fetcher(folder)
        self.boot = ""
        self.looked = self.moved = self.told = -1e9  # when it last looked, saw a change, reported
        self.text = ""  # of the last report, but for its time
        self.mail: list[bus.Message] = []
        self.lock, self.wake = threading.Lock(), os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.poll = select.poll()
        self.poll.register(self.wake, select.POLLIN)
        self.watch = supervision.Watch(self.poll, self.tools.started)

    def run(self) -> None:
        """Serve; does not return. A fault of our own is told to the log, and the next look tries
        again."""
        self.bus.start(self.deliver, lambda: self.deliver({"operation": "connected"}))
        while True:
            try:
                self.turn()
            except Exception:
                traceback.print_exc()
                time.sleep(FAULT)

    def deliver(self, message: bus.Message) -> None:
        """Take a message, from any thread."""
        with self.lock:
            self.mail.append(message)
        os.eventfd_write(self.wake, 1)

    def turn(self) -> None:
        """Wait until something happens, and deal with all that has; of a burst of documents the
        newest counts."""
        events = [fd for fd, _ in self.poll.poll(int(self.due() * 1000) + 1)]
        if self.wake in events:
            os.eventfd_read(self.wake)
        with self.lock:
            mail, self.mail = self.mail, []
        ended = [fd for fd in events if fd in self.watch.fds]
        for fd in ended:
            self.watch.ended(fd, time.monotonic())
        asked = [
            MESSAGES[m["operation"]](self, m.get("body") or {})
            for m in mail
            if m.get("operation") in MESSAGES
        ]
        if ended or any(asked) or self.due() <= 0:
            self.look()
        self.report("ping" in {m.get("operation") for m in mail} or any(asked))

    def due(self) -> float:
        """Seconds until the next look that nobody asks for."""
        now = time.monotonic()
        pace = LIVELY if now - self.moved < ALIVE else DRIFT
        return max(0.0, min(self.looked + pace - now, self.watch.next(now)))

    def look(self) -> None:
        """Read the kernel, bring it to the desired state, and keep what came of it."""
        before = found.read(self.host.tag, self.folder)
        self.boot = state.boot(self.folder, not before.empty())
        if self.desired is None:  # never told anything: nothing is made, and nothing removed
            self.outcome, self.looked = convergence.Outcome(before), time.monotonic()
            return
        logs.trim(self.folder)
        outcome = convergence.converge(
            self.desired,
            self.host,
            self.tools,
            before,
            lambda a: self.watch.expects(a, time.monotonic()),
            bool(self.desired.get("paused")),
        )
        now = time.monotonic()
        mains = {
            c["id"]: plan.main(c["id"], outcome.found, names.space(self.host.tag, c["id"]))
            for c in self.desired.get("computes", [])
        }
        self.watch.saw(mains, now)
        state.remember(self.folder, not outcome.found.empty())
        self.moved = now if outcome.done or outcome.found != self.outcome.found else self.moved
        self.outcome, self.looked = outcome, now
        self.fetch(now)

    def fetch(self, now: float) -> None:
        """Ask for what is missing of the images."""
        wanted = [a.target for a in self.outcome.rest if a.tool == "fetch" and a.target]
        for image, offset in self.fetcher.requests(wanted, now):
            self.bus.send(
                bus.message(self.vim, "image", {"host": self.name, "id": image, "offset": offset})
            )

    def report(self, asked: bool) -> None:
        """Send a report if it was asked for, says something new, or is due as a sign of life;
        without a desired state there is nothing to report, and a hello is the sign of life."""
        if self.desired is None and not asked:
            if (
                time.monotonic() - self.told >= ALIVE
            ):  # nobody has told us anything: we are still here to be added
                self.hello()
            return
        body = self.body()
        text = json.dumps(body, sort_keys=True)
        if asked or text != self.text or time.monotonic() - self.told >= ALIVE:
            at = (
                datetime.datetime.now(datetime.UTC)
                .isoformat(timespec="milliseconds")
                .replace("+00:00", "Z")
            )
            self.bus.send(bus.message(self.vim, "report", {**body, "at": at}))
            self.text, self.told = text, time.monotonic()

    def body(self) -> Document:
        """The report as it stands, but for its time."""
        document, now = self.desired or {}, time.monotonic()
        why, notes = dict(self.outcome.errors), {}
        for compute in document.get("computes", []):
            life = self.watch.lives.get(compute["id"], supervision.Life())
            notes[compute["id"]] = {"restarts": life.restarts, "settled": life.settled(now)}
            if life.looping(now):
                tail = logs.tail(f"{self.folder}/computes/{names.folder(compute['id'])}")
                why.setdefault(
                    compute["id"],
                    f"its process {life.words()}, {life.quick} times in a row soon after its "
                    f"start; its log ends: {tail or '(empty)'}",
                )
            if compute.get("image") in self.fetcher.bad:
                why.setdefault(compute["id"], self.fetcher.bad[compute["image"]][0])
        why |= {image: words for image, (words, _) in self.fetcher.bad.items()}
        answer = report.resources(document, self.outcome, self.host, why, notes)
        self.known = report.leaving(self.known, document, self.outcome.found, self.host.tag)
        answer |= {
            i: {"kind": kind, "state": "BUILDING", "why": "is being removed"}
            for i, kind in self.known.items()
        }
        return {
            "host": self.name,
            "version": document.get("version", 0),
            "boot": self.boot,
            "facts": self.facts,
            "resources": answer,
            "plan": [str(a) for a in self.outcome.rest],
        }

    def _connected(self, body: Document) -> bool:
        self.facts = facts.read(self.folder)
        if not self.boot:
            self.look()
        self.hello()
        self.fetcher.asked.clear()
        return self.desired is not None

    def hello(self) -> None:
        """Say who is here."""
        self.bus.send(
            bus.message(
                self.vim,
                "hello",
                {
                    "host": self.name,
                    "facts": self.facts,
                    "boot": self.boot,
                    "tag": self.host.tag,
                    "version": (self.desired or {}).get("version", 0),
                    "agent": VERSION,
                },
            )
        )
        self.told = time.monotonic()

    def _desired(self, body: Document) -> bool:
        if self.desired and body.get("version", 0) < self.desired.get("version", 0):
            return True  # an older one is ignored, and the report says which one holds
        if not desired.wellformed(body):
            print(
                f"ignored: not a desired document: {json.dumps(body)[:200]}",
                file=sys.stderr,
                flush=True,
            )
            return False
        before = self.desired or {}
        self.known |= {
            r["id"]: word for kind, word in report.KINDS.items() for r in before.get(kind, [])
        }
        self.desired = body
        state.save(self.folder, "desired.json", {"desired": body, "known": self.known})
        return True

    def _image(self, body: Document) -> bool:
        """A chunk: the next one is asked for at once; the whole image lets its computes start."""
        now, wanted = (
            time.monotonic(),
            [a.target for a in self.outcome.rest if a.tool == "fetch" and a.target],
        )
        self.fetcher.take(wanted, body, now)
        if body.get("last"):
            return True
        self.fetch(now)
        return False

    def _ping(self, body: Document) -> bool:
        return True


MESSAGES = {
    "connected": Agent._connected,
    "desired": Agent._desired,
    "image": Agent._image,
    "ping": Agent._ping,
}
