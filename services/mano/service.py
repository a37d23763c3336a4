# SPDX-License-Identifier: Apache-2.0
"""A service: its store, its carrier, what it does with messages and with jobs. Each service is put
together once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from mano import bus, lcm
from mano.bus.carrier import Carrier
from mano.bus.post import Post
from mano.bus.receiver import Receiver, Route, Verb
from mano.lcm import engine
from mano.lcm.state import State, unanswered
from mano.sol.documents import Body
from mano.store import QUICK, Effects, Job, LeaseLost, Rule, Store, Unavailable
from mano.store.keeper import Keeper
from mano.threads import Threads

log = logging.getLogger(__name__)
LATEST = 30.0  # seconds until a job that ended in an error is run again, at the most
SWEEP_EVERY = 1.0  # seconds; what a lost wake-up costs at the most
MANY = 10_000  # operations of which this process remembers something at the most
TOGETHER = 0.02  # seconds that an answer waits for the others of its step, to be taken with them
SET_BACK = 5.0  # seconds by which the clock may be slewed without a word
RETRY = 0.3  # seconds until a database that was away is tried again

# True: due again at once. It releases or finishes the job itself.
Runner = Callable[["Service", Job], bool]


@dataclass
class Pending:
    """What came for a job and was not looked at yet: a wake-up, answers of peers."""

    woken: bool = False
    answers: list[Body] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.woken or bool(self.answers)

    def add(self, more: Pending) -> None:
        self.woken = self.woken or more.woken
        self.answers += more.answers

    def begin(self, guard: threading.Lock) -> list[Body]:
        """The answers for this run; what comes from now on is for the next."""
        with guard:
            answers, self.answers, self.woken = self.answers, [], False
            return answers


@dataclass
class Service:
    """One service of one process.

    `threads` is None in a process that only takes requests: its jobs are done by workers."""

    name: str
    store: Store
    carrier: Carrier
    threads: Threads | None
    plans: Mapping[str, lcm.Plan] = field(default_factory=dict)
    runners: Mapping[str, Runner] = field(default_factory=dict)
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    sol: Route | None = None  # SOL operations, by the OpenAPI documents
    retention: Sequence[Rule] = ()  # what it forgets in time, beside what every service does
    settings: Any = None
    at_stop: Callable[[], None] = lambda: None  # ends what the service has started beside

    def __post_init__(self) -> None:
        self.post = Post(self.store, self.carrier)
        self.receiver = Receiver(
            self.store, self.verbs, self.sol, self.run, self.take_answer, self._reply
        )
        self.running: dict[str, Pending] = {}  # by job
        self.unanswered: dict[str, int] = {}  # by job that this process ran last: open requests
        self.waiting: dict[str, list[Body]] = {}  # by job: answers that wait for others
        self.clock = _clock()
        self.queued: set[str] = set()  # jobs that wait for a thread
        self.guard = threading.Lock()
        self.stopped = False
        self.keeper = Keeper(self.store, self.retention)
        self.store.after_commit = self._committed

    def start(self) -> None:
        """Begins to send, and, in a process that works, to receive and to run what is due."""
        self.post.start()
        if self.threads is not None:
            self._send_again()
            self.carrier.listen(self.name, self.receiver.deliver)
            self.threads.submit(self._sweep)

    def stop(self) -> None:
        self.stopped = True
        self.post.stop()
        self.at_stop()

    def run(self, id: str) -> None:
        """Runs the job if it is due and free.

        A wake-up for a job that this process is running is not lost."""
        with self.guard:
            self.queued.discard(id)
        self._work(id, Pending(woken=True))

    def take_answer(self, id: str, answer: Body) -> None:
        """A peer's answer to a job: taken at once by an operation that is free.

        Those that come while this process runs it are taken together after that, and so are those
        of one step if they come quickly. If one is lost with the process, it is asked for again."""
        with self.guard:
            answers = self.waiting.setdefault(id, [])
            answers.append(answer)
            more_to_come = id not in self.running and len(answers) < self.unanswered.get(id, 0)
        if not more_to_come:
            self._take_waiting(id)
        elif len(answers) == 1 and self.threads is not None:
            self.threads.after(TOGETHER, self._take_waiting, id)

    def _take_waiting(self, id: str) -> None:
        with self.guard:
            answers = self.waiting.pop(id, [])
        if answers:
            self._work(id, Pending(answers=answers))

    def _work(self, id: str, pending: Pending) -> None:
        with self.guard:
            running = self.running.setdefault(id, pending)
            if running is not pending:
                running.add(pending)
                return
        try:
            while self._another(id, pending):
                if self._run_once(id, pending.begin(self.guard)):
                    pending.woken = True
        except BaseException:
            with self.guard:
                self.running.pop(id, None)
            raise

    def _another(self, id: str, pending: Pending) -> bool:
        with self.guard:
            if pending:
                return True
            del self.running[id]
            return False

    def _run_once(self, id: str, answers: list[Body]) -> bool:
        try:
            with self.store.begin() as tx:
                job = tx.take(id, "lcm") if answers else tx.claim(id)
                if job is not None and job.kind == "lcm":
                    job.signals += answers
                    again = engine.run_at_once(self, job, tx)
                    self._note_unanswered(job)
                    return again
        except Unavailable:
            self._take_later(id, answers)
            return False  # the sweeper comes back to it
        except Exception as error:
            log.debug("operation %s of %s is run step by step, for %r", id, self.name, error)
            job = None if answers else self._claim(id)
        if answers:
            self._signal(id, answers)
        return job is not None and self._run_step_by_step(job)

    def _note_unanswered(self, job: Job) -> None:
        """A guess that costs little if it is wrong: others may run the job too."""
        count = unanswered(cast(State, job.state))
        with self.guard:
            if count > 1 and len(self.unanswered) < MANY:
                self.unanswered[job.id] = count
            else:
                self.unanswered.pop(job.id, None)

    def _run_step_by_step(self, job: Job) -> bool:
        try:
            return engine.run(self, job) if job.kind == "lcm" else self.runners[job.kind](self, job)
        except LeaseLost:
            return False
        except Exception as error:
            if not isinstance(error, Unavailable):
                log.exception("job %s of %s", job.id, self.name)
            self._give_back(job)
            return False

    def _signal(self, id: str, answers: list[Body]) -> None:
        """Leaves answers for the job's next run, wherever that is; they wake it."""
        try:
            with self.store.begin(QUICK) as tx:
                for answer in answers:
                    tx.signal(id, answer)
        except Unavailable:
            self._take_later(id, answers)

    def _take_later(self, id: str, answers: list[Body]) -> None:
        if answers and self.threads is not None:
            self.threads.after(RETRY, self._work, id, Pending(answers=answers))

    def _claim(self, id: str) -> Job | None:
        try:
            with self.store.begin() as tx:
                return tx.claim(id)
        except Unavailable:
            return None

    def _give_back(self, job: Job) -> None:
        """Frees a job that ended in an error; while the database is away, tries again later."""
        try:
            with self.store.begin() as tx:
                tx.give_back(job, min(0.2 * 2**job.attempts, LATEST))
        except Unavailable:
            if self.threads is not None:
                self.threads.after(RETRY, self._give_back, job)

    def _committed(self, effects: Effects) -> None:
        self.post.put(effects.messages)
        for id, delay in effects.wake:
            if self.threads is None:
                self._wake_elsewhere(id)
            elif not delay:
                self._queue(
                    id, self.threads.submit if self.threads.is_own() else self.threads.begin
                )
            elif delay <= SWEEP_EVERY:  # else the sweeper finds it in time
                self.threads.after(delay, self.run, id)

    def _queue(self, id: str, submit: Callable[..., None]) -> None:
        """Has a job run as soon as a thread is free; one that waits for that already sees then what
        it is woken for now."""
        with self.guard:
            is_queued = id in self.queued
            self.queued.add(id)
        if not is_queued:
            submit(self.run, id)

    def _reply(self, message: bus.Message) -> None:
        """Sends an answer that is asked for again if it is lost: so a message within this process
        is in no outbox, and one that a broker may refuse need not wait for the disk."""
        if self.post.broker is not None:
            with self.store.begin(QUICK) as tx:
                tx.owe(message)
        else:
            self.post.hurry(message)

    def _wake_elsewhere(self, id: str) -> None:
        # Not from the outbox: if it is lost, a worker's sweeper finds the job.
        self.post.hurry(bus.request(self.name, "due", {"job": id}, id=f"due/{id}"))

    def _send_again(self) -> None:
        """What a process that was killed has owed; before this one owes anything itself."""
        try:
            with self.store.begin() as tx:
                tx.send_again()
        except Unavailable as error:
            log.warning("%s", error)

    def _clock_was_set_back(self) -> bool:
        """Then times that were stored before lie too far ahead."""
        before, self.clock = self.clock, _clock()
        if before - self.clock < SET_BACK:
            return False
        log.warning("the clock was set back by %.0f s: all is looked at", before - self.clock)
        return True

    def _sweep(self) -> None:
        with self.guard:
            queued = list(self.queued)
        try:
            with self.store.begin() as tx:
                if self._clock_was_set_back():
                    tx.look_again()
                    tx.send_again()
                tx.release_dead()
                due = tx.due(queued)
            self.post.sweep()
            for id in due:
                self._queue(id, self.threads.submit)  # type: ignore[union-attr]
            if self.keeper.is_due():
                self.threads.submit(self.keeper.forget)  # type: ignore[union-attr]
        except Unavailable as error:
            log.warning("%s", error)
        finally:
            if not self.stopped:
                self.threads.after(SWEEP_EVERY, self._sweep)  # type: ignore[union-attr]


def _clock() -> float:
    """How far the clock, which may be set, is ahead of one that is not."""
    return time.time() - time.monotonic()
