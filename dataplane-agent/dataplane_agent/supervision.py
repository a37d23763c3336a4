# SPDX-License-Identifier: Apache-2.0
"""When a VNFC's process that ended is started again: at once, and ever later while it keeps ending."""
import os
import select
from dataclasses import dataclass, replace

from dataplane_agent import plan, processes

STEADY = 5.0                                       # seconds a process must live so that its end is no crash loop
SETTLE = 0.05                                      # seconds a fresh process must live to be called ACTIVE
LOOP = 3                                           # quick ends in a row that make a crash loop
DELAYS = (0.0, 0.1, 0.3, 1.0, 2.0, 5.0)            # by quick ends in a row


@dataclass(frozen=True)
class Life:
    """What the agent remembers of a compute's processes; times are monotonic seconds."""
    pid: int = 0                                   # 0: none that we know of
    since: float = -1e9
    quick: int = 0                                 # ends in a row that came soon after the start
    restarts: int = 0
    hold: float = -1e9                             # not to be started before
    code: int | None = None                        # how the last one ended, where that is known

    def began(self, pid: int, now: float) -> "Life":
        """A process of the agent's own making."""
        again = 1 if self.quick else 0
        return replace(self, pid=pid, since=now, restarts=self.restarts + again)

    def ended(self, code: int | None, now: float) -> "Life":
        """It ended, asked by nobody."""
        quick = self.quick + 1 if now - self.since < STEADY else 1
        return replace(self, pid=0, quick=quick, hold=now + DELAYS[min(quick, len(DELAYS)) - 1], code=code)

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
        return f"was ended by signal {-self.code}" if self.code < 0 else f"ended with status {self.code}"


class Watch:
    """The processes of all computes: told of an end by the kernel (pidfd), whoever started them."""

    def __init__(self, poll: select.poll) -> None:
        self.poll = poll
        self.lives: dict[str, Life] = {}
        self.fds: dict[int, tuple[int, str]] = {}                  # pidfd -> pid, compute

    def ended(self, fd: int, now: float) -> None:
        """The process behind a pidfd ended."""
        pid, compute = self.fds.pop(fd)
        self.poll.unregister(fd)
        os.close(fd)
        code, life = processes.reap(pid), self.lives.get(compute)
        if life and life.pid == pid:
            self.lives[compute] = life.ended(code, now)

    def expects(self, action: plan.Action, now: float) -> bool:
        """Whether an action may be done now: a start waits while its compute is held back; a compute that is stopped
        on purpose begins a new life."""
        if action.tool == "stop" and action.resource in self.lives:
            life = self.lives[action.resource]
            if life.pid == action.target:
                self.lives[action.resource] = Life(restarts=life.restarts)
        if action.tool != "start":
            return True
        life = self.lives.get(action.resource, Life())
        if life.pid:                               # it ended before it could be watched
            life = self.lives[action.resource] = life.ended(processes.reap(life.pid), now)
        return life.hold <= now

    def saw(self, mains: dict[str, processes.Process | None], started: set[str], now: float) -> None:
        """What was read back: the main process of each compute (or None), and who was started just now."""
        for gone in set(self.lives) - set(mains):
            del self.lives[gone]
        for compute, process in mains.items():
            life = self.lives.get(compute, Life())
            if process and process.pid != life.pid:
                life = life.began(process.pid, now) if compute in started else replace(life, pid=process.pid)
                self._watch(process.pid, compute)
            elif process is None and (life.pid or compute in started):
                life = (life if life.pid else life.began(0, now)).ended(processes.reap(life.pid) if life.pid else None,
                                                                          now)
            self.lives[compute] = life

    def next(self, now: float) -> float:
        """Seconds until something changes by itself."""
        return min((t for t in (life.next(now) for life in self.lives.values()) if t is not None), default=1e9)

    def _watch(self, pid: int, compute: str) -> None:
        try:
            fd = os.pidfd_open(pid)
        except OSError:
            return                                 # already gone: found missing at the next look
        self.fds[fd] = (pid, compute)
        self.poll.register(fd, select.POLLIN)
