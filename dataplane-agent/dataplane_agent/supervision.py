# SPDX-License-Identifier: Apache-2.0
"""When a VNFC's process that ended is started again: at once, and ever later while it keeps
ending."""

import os
import select
from dataclasses import dataclass, replace

from dataplane_agent import processes
from dataplane_agent.actions import Action
from dataplane_agent.processes import Process

STEADY = 5.0  # seconds a process must live so that its end is no crash loop
SETTLE = 0.05  # seconds a fresh process must live to be called ACTIVE
LOOP = 3  # quick ends in a row that make a crash loop
DELAYS = (0.0, 0.1, 0.3, 1.0, 2.0, 5.0)  # by quick ends in a row


@dataclass(frozen=True)
class Life:
    """What the agent remembers of a compute's processes; times are monotonic seconds."""

    pid: int = 0  # 0: none that we know of
    since: float = -1e9
    quick: int = 0  # ends in a row that came soon after the start
    restarts: int = 0
    hold: float = -1e9  # not to be started before
    code: int | None = None  # how the last one ended, where that is known

    def began(self, pid: int, now: float) -> "Life":
        """A process of the agent's own making."""
        restarts = self.restarts + (1 if self.quick else 0)
        return replace(self, pid=pid, since=now, restarts=restarts)

    def ended(self, code: int | None, now: float) -> "Life":
        """It ended, asked by nobody."""
        quick = self.quick + 1 if now - self.since < STEADY else 1
        delay = DELAYS[min(quick, len(DELAYS)) - 1]
        return replace(self, pid=0, quick=quick, hold=now + delay, code=code)

    def looping(self, now: float) -> bool:
        """Whether it keeps ending: until one process has lived for long enough."""
        return self.quick >= LOOP and not (self.pid and now - self.since >= STEADY)

    def settled(self, now: float) -> bool:
        """Whether the process has lived long enough to be called running."""
        return now - self.since >= SETTLE

    def next(self, now: float) -> float | None:
        """Seconds until something about this compute changes by itself; None if nothing will."""
        times = [self.since + SETTLE, self.hold, *([self.since + STEADY] if self.quick else [])]
        return min((t - now for t in times if t > now), default=None)

    def words(self) -> str:
        """How the last process ended."""
        if self.code is None:
            return "ended"
        if self.code < 0:
            return f"was ended by signal {-self.code}"
        return f"ended with status {self.code}"


class Watch:
    """The processes of all computes: told of an end by the kernel (pidfd), whoever started them."""

    def __init__(self, poll: select.poll, started: dict[str, int]) -> None:
        self.poll, self.started = poll, started  # `started`: compute -> pid, as apply.py notes it
        self.lives: dict[str, Life] = {}
        self.configs: dict[str, str] = {}  # what each compute was last to be started with
        self.fds: dict[int, tuple[int, str]] = {}  # pidfd -> pid, compute

    def take_end(self, fd: int, now: float) -> None:
        """The process behind a pidfd ended."""
        pid, compute = self.fds.pop(fd)
        self.poll.unregister(fd)
        os.close(fd)
        if compute in self.lives and self.lives[compute].pid == pid:
            self._end(compute, now)
        else:
            processes.reap(pid)

    def allows(self, action: Action, now: float) -> bool:
        """Whether an action may be done now: a start waits while its compute is held back; a
        compute that is stopped on purpose begins a new life."""
        compute = action.resource
        life = self.lives.get(compute, Life())
        if action.tool == "stop" and life.pid == action.target:
            self.lives[compute] = Life(restarts=life.restarts)
        if action.tool != "start":
            return True
        if compute in self.started:  # a moment ago, and it is gone already
            self._began(compute, self.started.pop(compute), now)
        if self.lives.get(compute, life).pid:
            self._end(compute, now)
        if self.configs.get(compute, "") != action.target["config"]:
            # The past of another configuration says nothing of the new one.
            self.lives[compute] = Life(restarts=self.lives.get(compute, life).restarts)
        self.configs[compute] = action.target["config"]
        return self.lives.get(compute, life).hold <= now

    def take_mains(self, mains: dict[str, Process | None], now: float) -> None:
        """What was read back: the main process of each compute, or None."""
        for gone in set(self.lives) - set(mains):
            del self.lives[gone]
            self.configs.pop(gone, None)
        for compute, process in mains.items():
            if compute in self.started:
                self._began(compute, self.started.pop(compute), now)
            life = self.lives.setdefault(compute, Life())
            if process is None and life.pid:
                self._end(compute, now)
            elif process and process.pid != life.pid:  # a predecessor's
                self.lives[compute] = replace(life, pid=process.pid)
            if process and process.pid not in {pid for pid, _ in self.fds.values()}:
                self._watch(process.pid, compute)
        self.started.clear()

    def next(self, now: float) -> float:
        """Seconds until something changes by itself."""
        return min(
            (t for t in (life.next(now) for life in self.lives.values()) if t is not None),
            default=1e9,
        )

    def _began(self, compute: str, pid: int, now: float) -> None:
        self.lives[compute] = self.lives.get(compute, Life()).began(pid, now)

    def _end(self, compute: str, now: float) -> None:
        life = self.lives[compute]
        self.lives[compute] = life.ended(processes.reap(life.pid), now)

    def _watch(self, pid: int, compute: str) -> None:
        try:
            fd = os.pidfd_open(pid)
        except OSError:
            return  # already gone: found missing at the next look
        self.fds[fd] = (pid, compute)
        self.poll.register(fd, select.POLLIN)
