# SPDX-License-Identifier: Apache-2.0
"""All that is stored, in one file, and back: pg_dump's custom format, by the programs of the
embedded PostgreSQL.

The file ends with a checksum: pg_restore takes a file that was cut short for one with empty tables.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import subprocess
from collections.abc import Iterator

from mano.suite import embedded, places, settings

MARK = b"\nmano backup sha256 "


def backup(given: settings.Settings, file: pathlib.Path) -> int:
    """Writes the backup, while the suite runs or not; its size in bytes. RuntimeError says what
    went wrong."""
    new = file.with_name(f".{file.name}.new")
    with _database(given) as url:
        try:
            with open(
                os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b"
            ) as out:  # it holds secrets
                _run(
                    "pg_dump",
                    ["--format=custom", "--no-owner", "--no-privileges", f"--dbname={url}"],
                    out.fileno(),
                )
                out.seek(0)
                out.write(MARK + hashlib.file_digest(out, "sha256").hexdigest().encode())
                out.flush()
                os.fsync(out.fileno())
            new.rename(file)
        finally:
            new.unlink(missing_ok=True)
    return file.stat().st_size


def restore(given: settings.Settings, file: pathlib.Path) -> None:
    """Replaces all that is stored by the backup, wholly or not at all. RuntimeError while the suite
    runs."""
    if not given.database_url and places.running(given.data):
        raise RuntimeError(
            f"the suite on {given.data} runs: end it first (mano down), or it would work on what is being replaced"
        )
    if not _whole(file):
        raise RuntimeError(
            f"{file} is not a whole backup made by `mano backup`; nothing was changed"
        )
    with _database(given) as url:
        script = subprocess.Popen(
            [
                embedded.binary("pg_restore"),
                "--clean",
                "--if-exists",
                "--no-owner",
                "--no-privileges",
                "--file=-",
                str(file),
            ],
            stdout=subprocess.PIPE,
        )
        # A setting that servers older than the programs do not know.
        older = subprocess.Popen(
            ["sed", "/^SET transaction_timeout/d"], stdin=script.stdout, stdout=subprocess.PIPE
        )
        _run(
            "psql",
            [
                "--quiet",
                "--no-psqlrc",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                f"--dbname={url}",
            ],
            subprocess.DEVNULL,
            older,
        )
        if script.wait():
            raise RuntimeError(f"{file} could not be read to its end")


def _whole(file: pathlib.Path) -> bool:
    """Whether the file ends with the checksum of what is before it."""
    rest, digest = max(0, file.stat().st_size - len(MARK) - 64), hashlib.sha256()
    with file.open("rb") as stream:
        while rest and (piece := stream.read(min(rest, 1 << 20))):
            digest.update(piece)
            rest -= len(piece)
        return stream.read() == MARK + digest.hexdigest().encode()


@contextlib.contextmanager
def _database(given: settings.Settings) -> Iterator[str]:
    """The URL of the database; the embedded one is started for as long as this takes, if it does
    not run."""
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


def _run(
    program: str, arguments: list[str], out: int, source: subprocess.Popen[bytes] | None = None
) -> None:
    done = subprocess.run(
        [embedded.binary(program), *arguments],
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        stdin=source.stdout if source else subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.strip() or f'ended with {done.returncode}'}")
