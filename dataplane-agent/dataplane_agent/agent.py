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
from typing import Any, cast

from dataplane_agent import (
    VERSION,
    bus,
    cgroups,
    computes,
    convergence,
    desired,
    events,
    facts,
    found,
    images,
    interconnects,
    logs,
    names,
    report,
    runtimes,
    state,
    supervision,
)
from dataplane_agent.apply import Toolbox
from dataplane_agent.host import Host
from dataplane_agent.port import (
    Compute,
    Desired,
    Facts,
    Hello,
    Image,
    ImageRequest,
    Kind,
    Report,
    Resource,
)
from dataplane_agent.report import Note

Body = dict[str, Any]  # of a message, as it came
DRIFT = 5.0  # seconds between looks at a quiet host
LIVELY = 1.0  # the same while something moves
FAULT = 1.0  # seconds of rest after a fault of our own
ALIVE = 10.0  # seconds after which a report is due though nothing is new


def make_host(tag: str, folder: str) -> Host:
    """This host, with the runtimes and interconnects that are installed."""
    carriers = interconnects.known()
    current = facts.read(folder, interconnects.probes(carriers))
    cpus = tuple(cpu["id"] for cpu in current["cpus"])
    return Host(tag, cpus, current["features"], carriers, runtimes.known())


def timestamp() -> str:
    """RFC 3339, UTC."""
    text = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def uptime() -> int:
    """Nanoseconds since the kernel's boot: whoever sets the clock, what is said later says more."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class Agent:
    """An agent of one host."""

    def __init__(self, name: str, tag: str, folder: str, carrier: bus.Bus, vim: str) -> None:
        self.name, self.folder, self.bus, self.vim = name, folder, carrier, vim
        self.host = make_host(tag, folder)
        self.facts = self.read_facts()
        self.toolbox = Toolbox(self.host, folder)
        memory = state.load(folder, "desired.json")
        document, former = memory.get("desired"), memory.get("known")
        self.desired: Desired | None = document if desired.wellformed(document) else None
        # Resources that may still be here though nobody desires them.
        self.former: dict[str, Kind] = former if isinstance(former, dict) else {}
        self.fault = ""  # why the last look could not be ended
        self.events = events.Events(folder)
        self.reached = -1  # the version that the host was last brought to, whole
        self.outcome = convergence.Outcome(found.Found())
        self.fetcher = images.Fetcher(folder)
        self.boot = ""
        self.looked = self.moved = self.reported = -1e9  # when it last did so, or saw a change
        self.text = ""  # of the last report, but for its time
        self.mail: list[bus.Message] = []
        self.lock, self.wake = threading.Lock(), os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.poll = select.poll()
        self.poll.register(self.wake, select.POLLIN)
        self.watch = supervision.Watch(self.poll, self.toolbox.started)

    def run(self) -> None:
        """Serve; does not return. A fault of our own is told to the log, and the next look tries
        again."""
        self.bus.start(self.deliver, lambda: self.deliver({"operation": "connected"}))
        while True:
            try:
                self.turn()
            except Exception as e:
                traceback.print_exc()
                self.fault = f"{type(e).__name__}: {e}"
                self.tell_fault()
                time.sleep(FAULT)

    def tell_fault(self) -> None:
        """Report that the host cannot be looked at, and why; a fault of this is the log's only."""
        try:
            self.report(request=False)
        except Exception:
            traceback.print_exc()

    def deliver(self, message: bus.Message) -> None:
        """Take a message, from any thread."""
        with self.lock:
            self.mail.append(message)
        os.eventfd_write(self.wake, 1)

    def turn(self) -> None:
        """Wait until something happens, and deal with all that has; of a burst of documents the
        newest counts."""
        ready = [fd for fd, _ in self.poll.poll(int(self.due() * 1000) + 1)]
        if self.wake in ready:
            os.eventfd_read(self.wake)
        with self.lock:
            mail, self.mail = self.mail, []
        ends = [fd for fd in ready if fd in self.watch.fds]
        for fd in ends:
            self.watch.take_end(fd, time.monotonic())
        operations = [m["operation"] for m in mail if m.get("operation") in MESSAGES]
        bodies = [m.get("body") or {} for m in mail if m.get("operation") in MESSAGES]
        handled = zip(operations, bodies, strict=True)
        calls = [MESSAGES[operation](self, body) for operation, body in handled]
        if ends or any(calls) or self.due() <= 0:
            self.look()
            self.fault = ""
        self.report(request=any(calls))

    def due(self) -> float:
        """Seconds until the next look that nobody asks for."""
        now = time.monotonic()
        pace = LIVELY if now - self.moved < ALIVE else DRIFT
        return max(0.0, min(self.looked + pace - now, self.watch.next(now)))

    def look(self) -> None:
        """Read the kernel, bring it to the desired state, and keep what came of it."""
        before = found.read(self.host, self.folder)
        self.boot = state.boot(self.folder, not before.empty())
        if self.desired is None:  # never told anything: nothing is made, and nothing removed
            self.outcome, self.looked = convergence.Outcome(before), time.monotonic()
            return
        logs.trim(self.folder)
        outcome = convergence.converge(
            self.desired,
            self.toolbox,
            before,
            lambda action: self.watch.allows(action, time.monotonic()),
            bool(self.desired.get("paused")),
        )
        self.note(outcome)
        now = time.monotonic()
        mains = {
            compute["id"]: computes.main(compute["id"], outcome.found, self.host.tag)
            for compute in self.desired.get("computes", [])
        }
        self.watch.take_mains(mains, now)
        state.remember(self.folder, not outcome.found.empty())
        if outcome.changes or outcome.found != self.outcome.found:
            self.moved = now
        self.outcome, self.looked = outcome, now
        self.fetch(now)

    def note(self, outcome: convergence.Outcome) -> None:
        """What was changed on a host that was as desired already is an event."""
        version = (self.desired or {}).get("version", 0)
        if self.reached == version:
            self.events.add(timestamp(), outcome.changes, outcome.errors)
        elif not outcome.rest and not outcome.errors:
            self.reached = version

    def missing(self) -> list[Image]:
        """The images that are still to be fetched."""
        return [a.target for a in self.outcome.rest if a.tool == "fetch" and a.target]

    def fetch(self, now: float) -> None:
        """Ask for what is missing of the images."""
        for image, offset in self.fetcher.requests(self.missing(), now):
            request: ImageRequest = {"host": self.name, "id": image, "offset": offset}
            self.bus.send(bus.message(self.vim, "image", request))

    def report(self, request: bool) -> None:
        """Send a report if it was asked for, says something new, or is due as a sign of life.

        Without a desired state there is nothing to report, and a hello is the sign of life: we are
        still here to be added."""
        silent_for = time.monotonic() - self.reported
        if self.desired is None and not request:
            if silent_for >= ALIVE:
                self.hello()
            return
        body = self.body()
        text = json.dumps(body, sort_keys=True)
        if request or text != self.text or silent_for >= ALIVE:
            body["at"], body["uptime"] = timestamp(), uptime()
            self.bus.send(bus.message(self.vim, "report", body))
            self.text, self.reported = text, time.monotonic()

    def body(self) -> Report:
        """The report as it stands, but for its time."""
        document: Desired = self.desired or {}
        resources = report.resources(
            document, self.outcome, self.host, self.reasons(document), self.notes(document)
        )
        self.former = report.leaving(self.former, document, self.outcome.found)
        for identity, kind in self.former.items():
            refusal = self.outcome.errors.get(identity) or self.outcome.errors.get("")
            why = f"is being removed: {refusal}" if refusal else "is being removed"
            removal: Resource = {"kind": kind, "state": "BUILDING", "why": why}
            resources[identity] = removal
        return {
            "host": self.name,
            "version": document.get("version", 0),
            "boot": self.boot,
            "facts": self.facts,
            "resources": resources,
            "plan": self.sentences(),
            "events": self.events.items,
        }

    def sentences(self) -> list[str]:
        """What is not yet as desired, and first of all why the host could not be looked at."""
        rest = [str(action) for action in self.outcome.rest] + [*self.outcome.found.obstacles()]
        if not self.fault:
            return rest
        return [f"look at this host again, which failed (agent.log has more): {self.fault}", *rest]

    def reasons(self, document: Desired) -> dict[str, str]:
        """Why resources are not as desired: refusals, crash loops, bad images."""
        reasons, now = dict(self.outcome.errors), time.monotonic()
        for compute in document.get("computes", []):
            identity, image = compute["id"], compute.get("image", "")
            life = self.watch.lives.get(identity, supervision.Life())
            if life.looping(now):
                tail = logs.tail(f"{self.folder}/computes/{names.folder(identity)}")
                end = life.words() + self.memory_words(compute)
                reasons.setdefault(
                    identity,
                    f"its process {end}, {life.quick} times in a row soon after its start; "
                    f"its log ends: {tail or '(empty)'}",
                )
            if image in self.fetcher.bad:
                reasons.setdefault(identity, self.fetcher.bad[image][0])
        return reasons | {image: words for image, (words, _) in self.fetcher.bad.items()}

    def memory_words(self, compute: Compute) -> str:
        """That the kernel killed for memory, where it did."""
        if not cgroups.memory_kills(self.host.tag, names.group(compute["id"])):
            return ""
        limit = f"limit of {compute.get('memoryMiB')} MiB"
        return f" (the kernel killed it, for its memory was at the {limit})"

    def notes(self, document: Desired) -> dict[str, Note]:
        """What supervision knows of the computes."""
        notes, now = {}, time.monotonic()
        for compute in document.get("computes", []):
            life = self.watch.lives.get(compute["id"], supervision.Life())
            notes[compute["id"]] = Note(life.restarts, life.settled(now))
        return notes

    def read_facts(self) -> Facts:
        """The facts as they are now."""
        return facts.read(self.folder, interconnects.probes(self.host.interconnects))

    def hello(self) -> None:
        """Say who is here."""
        body: Hello = {
            "host": self.name,
            "facts": self.facts,
            "boot": self.boot,
            "tag": self.host.tag,
            "version": (self.desired or {}).get("version", 0),
            "agent": VERSION,
            "at": timestamp(),
            "uptime": uptime(),
        }
        self.bus.send(bus.message(self.vim, "hello", body))
        self.reported = time.monotonic()

    # The messages: each handler says whether a look, and a report, are asked for.

    def _connected(self, body: Body) -> bool:
        self.facts = self.read_facts()
        if not self.boot:
            self.look()
        self.hello()
        self.fetcher.requested.clear()
        return self.desired is not None

    def _desired(self, body: Body) -> bool:
        former: Desired = self.desired or {}
        if self.desired and body.get("version", 0) < former.get("version", 0):
            return True  # an older one is ignored, and the report says which one holds
        if not desired.wellformed(body):
            excerpt = json.dumps(body)[:200]
            print(f"ignored: not a desired document: {excerpt}", file=sys.stderr, flush=True)
            return False
        for plural, kind in report.KINDS.items():
            self.former |= {r["id"]: kind for r in desired.resources(former, plural)}
        self.desired = cast("Desired", body)
        state.save(self.folder, "desired.json", {"desired": body, "known": self.former})
        return True

    def _image(self, body: Body) -> bool:
        """A chunk: the next one is asked for at once; the whole image lets its computes start."""
        now = time.monotonic()
        self.fetcher.take(self.missing(), body, now)
        if body.get("last"):
            return True
        self.fetch(now)
        return False

    def _ping(self, body: Body) -> bool:
        return True


MESSAGES = {
    "connected": Agent._connected,
    "desired": Agent._desired,
    "image": Agent._image,
    "ping": Agent._ping,
}
