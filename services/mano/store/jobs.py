# SPDX-License-Identifier: Apache-2.0
"""Jobs: work that is due, claimed under a lease, woken by signals.

A job is due when its time has come or a signal lies for it. Signals are rows of their own, so
waking a job never waits for the worker that runs it. A signal may carry a body (an answer, an
event); it stays until the job has stored what came of it, so a worker that dies in between loses
nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mano.store import text
from mano.store.statements import Statements
from mano.store.workers import is_alive, is_here, worker

LEASE = 15.0  # seconds; a step is short, a job that needs longer renews it
PARKED = 10 * 365 * 86400.0  # the delay of a job that only a signal can wake


@dataclass
class Job:
    """A claimed job.

    `state` is what its runner keeps between runs, `signals` the bodies that came since the last."""

    id: str
    kind: str
    attempts: int
    state: dict[str, Any]
    signals: list[Any] = field(default_factory=list)
    signal_ids: list[int] = field(default_factory=list)  # the ids of those signals


class LeaseLost(Exception):
    """The job was claimed by another worker since; what this one did must not be stored."""


class Jobs(Statements):
    """The part of a transaction that deals with jobs."""

    def schedule(
        self, id: str, kind: str, state: dict[str, Any] | None = None, delay: float = 0.0
    ) -> None:
        """Makes a job due in `delay` seconds; one that exists already is signalled instead."""
        while not self._insert(id, kind, state or {}, delay):
            if self.signal(id):
                return
            # It was there and has just finished: its end was waited for, so now there is room for a
            # new one.

    def _insert(self, id: str, kind: str, state: dict[str, Any], delay: float) -> bool:
        rows = self.execute(_INSERT, id=id, kind=kind, state=text.dumps(state), delay=delay)
        if rows.rowcount:
            self.effects.wake.append((id, delay))
        return bool(rows.rowcount)

    def signal(self, id: str, body: object = None) -> bool:
        """Makes the job due now and hands it the body; False if there is no such job (any more)."""
        rows = self.execute(_SIGNAL, id=id, body=None if body is None else text.dumps(body))
        if rows.rowcount:
            self.effects.wake.append((id, 0.0))
        return bool(rows.rowcount)

    def claim(self, id: str, lease: float = LEASE) -> Job | None:
        """The job, leased to this process, if it is due and free; else None.

        From now on it counts as due at the lease's end, which is how a killed worker's job is found
        again."""
        return self._lease(_CLAIM, id=id, lease=lease)

    def take(self, id: str, kind: str, lease: float = LEASE) -> Job | None:
        """As `claim`, whether the job is due or not, if it is of that kind: for who brings what it
        waits for."""
        return self._lease(_TAKE, id=id, lease=lease, kind=kind)

    def job_state(self, id: str) -> dict[str, Any] | None:
        """What its runner keeps, as of its last run; None if there is no such job (any more)."""
        row = self.execute("SELECT state FROM {s}.job WHERE id = %(id)s", id=id).first()
        return dict(row[0]) if row else None

    def _lease(self, sql: str, **values: object) -> Job | None:
        row = self.execute(sql, me=worker(), **values).first()
        if row is None:
            return None
        id, kind, attempts, state, signals = row
        bodies = [body for _, body in signals if body is not None]
        return Job(id, kind, attempts, state, bodies, [number for number, _ in signals])

    def release(self, job: Job, delay: float) -> bool:
        """Gives the job back, due in `delay` seconds. True if another signal came meanwhile: it is
        due now.

        Raises LeaseLost if another worker has it by now: this transaction must not be committed.
        """
        row = self.execute(
            _RELEASE,
            id=job.id,
            me=worker(),
            state=text.dumps(job.state),
            attempts=job.attempts,
            delay=delay,
            signal_ids=job.signal_ids,
        ).first()
        if row is None:
            raise LeaseLost(job.id)
        self.effects.wake.append((job.id, delay))
        return bool(row[0])

    def keep(self, job: Job, lease: float = LEASE) -> None:
        """Stores the job's state and renews the lease; LeaseLost if another worker has it."""
        if not self.execute(
            _KEEP,
            id=job.id,
            me=worker(),
            state=text.dumps(job.state),
            lease=lease,
            signal_ids=job.signal_ids,
        ).rowcount:
            raise LeaseLost(job.id)

    def finish(self, job: Job) -> None:
        """The job is done and gone; LeaseLost if another worker has it."""
        # First the lock: it waits for signals that are just being stored, and the statement after
        # it sees them.
        if not self.execute(_LOCK + ";" + _FINISH, id=job.id, me=worker()).rowcount:
            raise LeaseLost(job.id)

    def give_back(self, job: Job, delay: float) -> None:
        """Frees a job whose run ended in an error, due in `delay` seconds; its state stays as it
        was. Nothing if another worker has it."""
        self.execute(_GIVE_BACK, id=job.id, me=worker(), delay=delay)

    def drop_job(self, id: str) -> None:
        """The job is not wanted any more, whoever has it."""
        # The second deletes also those signals that the first has waited for.
        self.execute(_DROP + ";DELETE FROM {s}.signal WHERE job = %(id)s", id=id)

    def finish_unless_signalled(self, job: Job) -> bool:
        """As `finish`, but if another signal came meanwhile the job is given back, due now; True if
        it is gone."""
        # Signals hold a key-share lock on the job: after this none is under way unseen.
        self.execute(_LOCK, id=job.id)
        if self.release(job, 0.0):
            return False
        self.execute(_DROP, id=job.id)
        return True

    def due(self, queued: Sequence[str] = (), limit: int = 200) -> list[str]:
        """Ids of the jobs that are due and free, the longest due first, but for the queued."""
        return [row[0] for row in self.execute(_DUE, queued=list(queued), limit=limit)]

    def look_again(self) -> None:
        """Makes due what is to be due within a day, leased or not: the clock was set back."""
        self.execute(_LOOK_AGAIN, lease=LEASE)

    def release_dead(self) -> int:
        """Frees the jobs leased to processes of this machine that no longer run; how many."""
        holders = [row[0] for row in self.execute(_HOLDERS)]
        dead = [name for name in holders if is_here(name) and not is_alive(name)]
        return self.execute(_FREE, dead=dead).rowcount if dead else 0


_INSERT = (
    "INSERT INTO {s}.job (id, kind, state, due_at) VALUES (%(id)s, %(kind)s, %(state)s,"
    " clock_timestamp() + make_interval(secs => %(delay)s)) ON CONFLICT DO NOTHING"
)
_SIGNAL = (
    "INSERT INTO {s}.signal (job, body)"
    " SELECT id, %(body)s FROM {s}.job WHERE id = %(id)s FOR KEY SHARE"
)
_IS_FREE = "(j.lease_until IS NULL OR j.lease_until < clock_timestamp())"
_IS_DUE = (
    _IS_FREE
    + " AND (j.due_at <= clock_timestamp() OR EXISTS (SELECT FROM {s}.signal g WHERE g.job = j.id))"
)
# Not FOR UPDATE: who signals the job need not wait for the end of this transaction.
_LEASE = (
    " FOR NO KEY UPDATE SKIP LOCKED)"
    " UPDATE {s}.job SET lease_by = %(me)s, attempts = attempts + 1, due_at = clock_timestamp(),"
    " lease_until = clock_timestamp() + make_interval(secs => %(lease)s)"
    " FROM it WHERE job.id = it.id RETURNING job.id, job.kind, job.attempts, job.state,"
    " (SELECT coalesce(jsonb_agg(jsonb_build_array(g.id, g.body) ORDER BY g.id), '[]')"
    " FROM {s}.signal g WHERE g.job = job.id)"
)
_FREE_OF_KIND = "j.kind = %(kind)s AND " + _IS_FREE
_CLAIM = "WITH it AS (SELECT j.id FROM {s}.job j WHERE j.id = %(id)s AND " + _IS_DUE + _LEASE
_TAKE = "WITH it AS (SELECT j.id FROM {s}.job j WHERE j.id = %(id)s AND " + _FREE_OF_KIND + _LEASE
_DONE_WITH_SIGNALS = (
    "WITH gone AS (DELETE FROM {s}.signal WHERE id = ANY(%(signal_ids)s::bigint[]))"
    " UPDATE {s}.job SET state = %(state)s, "
)
_IF_STILL_MINE = " WHERE id = %(id)s AND lease_by = %(me)s"
_DUE_LATER = (
    "lease_by = NULL, lease_until = NULL,"
    " due_at = clock_timestamp() + make_interval(secs => %(delay)s)"
)
_RELEASE = (
    _DONE_WITH_SIGNALS
    + "attempts = %(attempts)s, "
    + _DUE_LATER
    + _IF_STILL_MINE
    + " RETURNING EXISTS (SELECT FROM {s}.signal"
    " WHERE job = %(id)s AND id <> ALL(%(signal_ids)s::bigint[]))"
)
_KEEP = (
    _DONE_WITH_SIGNALS
    + "lease_until = clock_timestamp() + make_interval(secs => %(lease)s)"
    + _IF_STILL_MINE
)
_GIVE_BACK = "UPDATE {s}.job SET " + _DUE_LATER + _IF_STILL_MINE
_LOCK = "SELECT FROM {s}.job WHERE id = %(id)s FOR UPDATE"
_FINISH = (
    "WITH gone AS (DELETE FROM {s}.signal WHERE job = %(id)s) DELETE FROM {s}.job" + _IF_STILL_MINE
)
_DROP = "DELETE FROM {s}.job WHERE id = %(id)s"
_DUE = (
    "SELECT j.id FROM {s}.job j WHERE j.id <> ALL(%(queued)s::text[]) AND "
    + _IS_DUE
    + " ORDER BY j.due_at LIMIT %(limit)s"
)
_LOOK_AGAIN = (
    "UPDATE {s}.job SET due_at = least(due_at, clock_timestamp()),"
    " lease_until = CASE WHEN lease_until IS NOT NULL"  # for least() NULL is nothing
    " THEN least(lease_until, clock_timestamp() + make_interval(secs => %(lease)s)) END"
    " WHERE due_at < clock_timestamp() + interval '1 day'"
)
_HOLDERS = "SELECT DISTINCT lease_by FROM {s}.job WHERE lease_by IS NOT NULL"
_FREE = (
    "UPDATE {s}.job SET lease_by = NULL, lease_until = NULL, due_at = clock_timestamp()"
    " WHERE lease_by = ANY(%(dead)s)"
)
