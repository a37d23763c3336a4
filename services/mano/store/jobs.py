# SPDX-License-Identifier: Apache-2.0
"""Jobs: work that is due, claimed under a lease, woken by signals.

A job is due when its time has come or a signal lies for it. Signals are rows of their own, so waking a job never waits
for the worker that runs it, and a signal that comes while the job runs makes it due again.
"""
from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mano.store.transaction import Effects

LEASE = 15.0     # seconds; steps are short, a job that needs longer renews it


@dataclass
class Job:
    """A claimed job; `state` is what its runner keeps between runs."""
    id: str
    queue: str
    kind: str
    attempts: int
    state: dict[str, Any] = field(default_factory=dict)


class Jobs:
    """The part of a transaction that deals with jobs."""
    effects: Effects

    def execute(self, sql: str, /, **values: Any) -> Any:
        raise NotImplementedError

    def schedule(self, id: str, queue: str, kind: str, state: dict[str, Any] | None = None, delay: float = 0.0) -> None:
        """Makes a job due in `delay` seconds; one that exists already is signalled instead."""
        made = self.execute("INSERT INTO {s}.job (id, queue, kind, state, due_at) VALUES (%(id)s, %(queue)s, %(kind)s, %(state)s,"
                            " clock_timestamp() + make_interval(secs => %(delay)s)) ON CONFLICT DO NOTHING",
                            id=id, queue=queue, kind=kind, state=_dumps(state or {}), delay=delay).rowcount
        if not made:
            self.signal(id, queue)
        elif not delay:
            self.effects.wake.append((queue, id))

    def signal(self, id: str, queue: str) -> None:
        """Makes the job due now; nothing happens if there is none (any more)."""
        self.execute("INSERT INTO {s}.signal (job) SELECT id FROM {s}.job WHERE id = %(id)s", id=id)
        self.effects.wake.append((queue, id))

    def claim(self, queue: str, id: str | None = None, lease: float = LEASE) -> Job | None:
        """A due job of the queue (that one, if `id` is given), leased to this process; None if there is none.

        From now on it counts as due at the lease's end, which is how a killed worker's job is found again.
        """
        row = self.execute(_CLAIM.format(s="{s}", one="j.id = %(id)s AND" if id else ""), queue=queue, id=id, lease=lease,
                           me=worker()).first()
        return Job(*row) if row else None

    def release(self, job: Job, delay: float) -> bool:
        """Gives the job back, due in `delay` seconds. True if a signal came meanwhile: it is due now.

        Raises LeaseLost if another worker has it by now: this transaction must not be committed.
        """
        row = self.execute("UPDATE {s}.job SET state = %(state)s, lease_by = NULL, lease_until = NULL, attempts = %(attempts)s,"
                           " due_at = clock_timestamp() + make_interval(secs => %(delay)s)"
                           " WHERE id = %(id)s AND lease_by = %(me)s RETURNING EXISTS (SELECT FROM {s}.signal WHERE job = %(id)s)",
                           id=job.id, me=worker(), state=_dumps(job.state), attempts=job.attempts, delay=delay).first()
        if row is None:
            raise LeaseLost(job.id)
        return bool(row[0])

    def keep(self, job: Job, lease: float = LEASE) -> None:
        """Stores the job's state and renews the lease; LeaseLost if another worker has it."""
        done = self.execute("UPDATE {s}.job SET state = %(state)s, lease_until = clock_timestamp() + make_interval(secs => %(lease)s)"
                            " WHERE id = %(id)s AND lease_by = %(me)s", id=job.id, me=worker(), state=_dumps(job.state), lease=lease)
        if done.rowcount != 1:
            raise LeaseLost(job.id)

    def finish(self, job: Job) -> None:
        """The job is done and gone; LeaseLost if another worker has it."""
        done = self.execute("DELETE FROM {s}.job WHERE id = %(id)s AND lease_by = %(me)s", id=job.id, me=worker())
        if done.rowcount != 1:
            raise LeaseLost(job.id)

    def due(self, queue: str, limit: int = 100) -> list[str]:
        """Ids of the jobs of a queue that are due and free."""
        return [row[0] for row in self.execute(_DUE, queue=queue, limit=limit)]

    def next_due(self, queue: str) -> float | None:
        """Seconds until the earliest free job of the queue is due, None if there is none."""
        row = self.execute("SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float FROM {s}.job"
                           " WHERE queue = %(queue)s AND lease_by IS NULL", queue=queue).first()
        return None if row[0] is None else max(0.0, row[0])

    def release_dead(self) -> int:
        """Frees the jobs leased to processes of this machine that no longer run; how many."""
        rows = self.execute("SELECT DISTINCT lease_by FROM {s}.job WHERE lease_by LIKE %(here)s", here=_HOST + ":%").all()
        dead = [row[0] for row in rows if not _alive(row[0])]
        if not dead:
            return 0
        return int(self.execute("UPDATE {s}.job SET lease_by = NULL, lease_until = NULL, due_at = clock_timestamp()"
                                " WHERE lease_by = ANY(%(dead)s)", dead=dead).rowcount)


class LeaseLost(Exception):
    """The job was claimed by another worker since; what this one did must not be stored."""


_IS_DUE = ("(j.lease_until IS NULL OR j.lease_until < clock_timestamp()) AND (j.due_at <= clock_timestamp()"
           " OR EXISTS (SELECT FROM {s}.signal g WHERE g.job = j.id))")
_CLAIM = ("WITH it AS (SELECT j.id FROM {s}.job j WHERE {one} j.queue = %(queue)s AND " + _IS_DUE +
          " ORDER BY j.due_at LIMIT 1 FOR UPDATE SKIP LOCKED),"
          " gone AS (DELETE FROM {s}.signal USING it WHERE signal.job = it.id)"
          " UPDATE {s}.job SET lease_by = %(me)s, lease_until = clock_timestamp() + make_interval(secs => %(lease)s),"
          " due_at = clock_timestamp(), attempts = attempts + 1 FROM it WHERE job.id = it.id"
          " RETURNING job.id, job.queue, job.kind, job.attempts, job.state")
_DUE = "SELECT j.id FROM {s}.job j WHERE j.queue = %(queue)s AND " + _IS_DUE + " ORDER BY j.due_at LIMIT %(limit)s"
_HOST = socket.gethostname()


def worker() -> str:
    """This process, as leases name it: host, pid and start time, so that a dead one is recognised."""
    pid = os.getpid()
    if _me.get("pid") != pid:
        _me.update(pid=pid, name=f"{_HOST}:{pid}:{_started(pid)}")
    return str(_me["name"])


_me: dict[str, Any] = {}


def _alive(name: str) -> bool:
    _, pid, started = name.rsplit(":", 2)
    return _started(int(pid)) == started


def _started(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _dumps(value: Any) -> str:
    from mano.store.transaction import dumps
    return dumps(value)
