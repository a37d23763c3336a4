# SPDX-License-Identifier: Apache-2.0
"""All that is stored, in one file, and back, by the programs of the embedded PostgreSQL.

The file is of pg_dump's custom format and ends with a checksum: pg_restore takes a file that was
cut short for one with empty tables.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import subprocess

from mano.suite import data_folder, postgresql, running
from mano.suite.settings import Settings

MARK = b"\nmano backup sha256 "
PIECE = 1 << 20  # bytes that are read at once
PLAIN = ("--no-owner", "--no-privileges")


def backup(settings: Settings, file: pathlib.Path) -> int:
    """Writes the backup, while the suite runs or not; its size in bytes.

    RuntimeError says what went wrong; `file` is then half of one.
    """
    with postgresql.reached(settings) as url:
        _dump(url, file)
    return file.stat().st_size


def restore(settings: Settings, file: pathlib.Path) -> None:
    """Replaces all that is stored by the backup, wholly or not at all.

    RuntimeError while the suite runs, and if the file is none of ours.
    """
    if not settings.database_url and running.is_locked(settings.data):
        raise RuntimeError(
            f"the suite on {settings.data} runs: end it first (mano down), "
            "or it would work on what is being replaced"
        )
    if not file.is_file():
        raise RuntimeError(f"{file} is no regular file: nothing was changed")
    if not _is_whole(file):
        raise RuntimeError(
            f"{file} is not a whole backup made by `mano backup`; nothing was changed"
        )
    if not settings.database_url:
        data_folder.claim(settings.data)
    with postgresql.reached(settings) as url:
        _load(url, file)


def _dump(url: str, file: pathlib.Path) -> None:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)  # it holds secrets, and may have been there
    with open(descriptor, "w+b") as out:
        _run("pg_dump", ["--format=custom", *PLAIN], url, output=out.fileno())
        out.seek(0)
        out.write(MARK + hashlib.file_digest(out, "sha256").hexdigest().encode())
        out.flush()
        os.fsync(out.fileno())


def _load(url: str, file: pathlib.Path) -> None:
    script = subprocess.Popen(
        [
            postgresql.binary("pg_restore"),
            *("--clean", "--if-exists", *PLAIN),
            "--file=-",
            str(file),
        ],
        stdout=subprocess.PIPE,
    )
    # A setting that servers older than the programs do not know.
    for_older = subprocess.Popen(
        ["sed", "/^SET transaction_timeout/d"], stdin=script.stdout, stdout=subprocess.PIPE
    )
    whole_or_nothing = ["--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run("psql", ["--quiet", "--no-psqlrc", *whole_or_nothing], url, source=for_older)
    if script.wait():
        raise RuntimeError(f"{file} could not be read to its end")


def _is_whole(file: pathlib.Path) -> bool:
    """Whether the file ends with the checksum of what is before it."""
    digest = hashlib.sha256()
    remaining = max(0, file.stat().st_size - len(MARK) - 2 * digest.digest_size)
    with file.open("rb") as stream:
        while remaining and (piece := stream.read(min(remaining, PIECE))):
            digest.update(piece)
            remaining -= len(piece)
        return stream.read() == MARK + digest.hexdigest().encode()


def _run(
    program: str,
    arguments: list[str],
    url: str,
    *,
    output: int = subprocess.DEVNULL,
    source: subprocess.Popen[bytes] | None = None,
) -> None:
    import psycopg2.extensions

    parts = psycopg2.extensions.parse_dsn(url)
    password = parts.pop("password", "")  # arguments can be read by every user of the machine
    database = psycopg2.extensions.make_dsn(**parts)
    process = subprocess.run(
        [postgresql.binary(program), *arguments, f"--dbname={database}"],
        env={**os.environ, "PGPASSWORD": password},
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        stdin=source.stdout if source else subprocess.DEVNULL,
    )
    if process.returncode:
        reason = process.stderr.strip() or f"ended with {process.returncode}"
        raise RuntimeError(f"{program}: {reason}")
