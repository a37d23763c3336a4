# SPDX-License-Identifier: Apache-2.0
"""All that is stored, in one file, and back: pg_dump's custom format, by the programs of the embedded PostgreSQL."""
from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
from collections.abc import Iterator

from mano import places, settings
from mano.store import embedded


def backup(given: settings.Settings, file: pathlib.Path) -> int:
    """Writes the backup, while the suite runs or not; its size in bytes. RuntimeError says what went wrong."""
    new = file.with_name(f".{file.name}.new")
    with _database(given) as url:
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:     # it holds secrets
                _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--dbname={url}"], out.fileno())
                os.fsync(out.fileno())
            new.rename(file)
        finally:
            new.unlink(missing_ok=True)
    return file.stat().st_size


def restore(given: settings.Settings, file: pathlib.Path) -> None:
    """Replaces all that is stored by the backup, wholly or not at all. RuntimeError while the suite runs."""
    if not given.database_url and places.running(given.data):
        raise RuntimeError(f"the suite on {given.data} runs: end it first (mano down), or it would work on what is being replaced")
    # Read as a whole before anything is changed.
    _run("pg_restore", ["--file=/dev/null", str(file)], subprocess.DEVNULL)
    with _database(given) as url:
        script = subprocess.Popen([embedded.binary("pg_restore"), "--clean", "--if-exists", "--no-owner", "--no-privileges",
                                   "--file=-", str(file)], stdout=subprocess.PIPE)
        # A setting that servers older than the programs do not know.
        older = subprocess.Popen(["sed", "/^SET transaction_timeout/d"], stdin=script.stdout, stdout=subprocess.PIPE)
        _run("psql", ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--dbname={url}"],
             subprocess.DEVNULL, older)
        if script.wait():
            raise RuntimeError(f"{file} could not be read to its end")


@contextlib.contextmanager
def _database(given: settings.Settings) -> Iterator[str]:
    """The URL of the database; the embedded one is started for as long as this takes, if it does not run."""
    if given.database_url:
        yield given.database_url
        return
    server = embedded.Embedded(given.data)
    found = server.alive()
    server.start()
    try:
        yield server.url
    finally:
        if not found:
            server.stop()


def _run(program: str, arguments: list[str], out: int, source: subprocess.Popen[bytes] | None = None) -> None:
    done = subprocess.run([embedded.binary(program), *arguments], stdout=out, stderr=subprocess.PIPE, text=True,
                          stdin=source.stdout if source else subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.strip() or f'ended with {done.returncode}'}")
