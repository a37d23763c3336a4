# SPDX-License-Identifier: Apache-2.0
"""The data directory: for its user alone, marked as ours, and what in it is ours."""

from __future__ import annotations

import fnmatch
import logging
import os
import pathlib
import shlex
import shutil
import stat

log = logging.getLogger(__name__)
MARK = ".mano-suite"
SAYS = "The data directory of a MANO suite: `mano down --purge` removes it.\n"
OLD_MARKS = ("pg/PG_VERSION", "suite.json")  # of suites that made no mark
# All that a suite puts there; the mark comes last, so that a purge cut short is done again.
OURS = (
    "agent",
    "agent.sock",
    ".agent.sock.*",
    "mano.log",
    "mano.log.1",
    "agent.log",
    "agent.log.1",
    "pg.log",
    "pg.log.1",
    "pg",
    "pg.new*",
    ".s.PGSQL.*",
    "database.password",
    ".database.password.*",
    "credentials.json",
    ".credentials.json.*",
    "signing",
    ".signing.*",
    "tokens.json",
    ".tokens.json.*",
    "suite.lock",
    "suite.json",
    ".suite.json.*",
    MARK,
)
SHOWN = 5  # names of what is in the way


def claim(data: pathlib.Path) -> None:
    """Makes it this suite's: private, and marked.

    RuntimeError where it is somebody else's, or holds what others would be locked out of."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not is_ours(data) and _is_open(data) and (others := _others(data)):
        raise RuntimeError(
            f"{data} holds other things ({_listed(others)}) that other users can reach, and no "
            "suite has run there: choose a directory that is empty or not there yet, by --data or "
            f"MANO_DATA, or close this one to them (chmod 700 {shlex.quote(str(data))})"
        )
    make_private(data)
    if not (data / MARK).exists():
        (data / MARK).write_text(SAYS)


def is_ours(data: pathlib.Path) -> bool:
    """Whether a suite has ever run there."""
    return any((data / name).exists() for name in (MARK, *OLD_MARKS))


def make_private(folder: pathlib.Path) -> None:
    """Lets nobody but this user into a folder of ours; a warning if others could enter until now.

    RuntimeError where it is a link or belongs to somebody else."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise RuntimeError(f"{folder} is a link: remove it, or choose another --data")
    if status.st_uid != os.geteuid():
        raise RuntimeError(
            f"{folder} belongs to the user {status.st_uid}, who could change what lies there: "
            f"choose another --data, or give it to the user {os.geteuid()} (chown)"
        )
    if _is_open(folder):
        folder.chmod(0o700)
        if _is_open(folder):
            raise RuntimeError(
                f"{folder} cannot be closed to other users, for its file system keeps no modes: "
                "choose another --data"
            )
        log.warning("other users could enter %s: now it is closed to them (mode 0700)", folder)


def remove(data: pathlib.Path) -> list[str]:
    """Removes what is a suite's; the names of what is left because it is not.

    RuntimeError if no suite has ever run there."""
    if not is_ours(data):
        raise RuntimeError(f"no suite has ever run in {data}: nothing was removed")
    for pattern in OURS:
        for entry in data.glob(pattern):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    if others := _others(data):
        return others
    data.rmdir()
    return []


def _is_open(folder: pathlib.Path) -> bool:
    return bool(folder.lstat().st_mode & 0o077)


def _others(data: pathlib.Path) -> list[str]:
    """The names of what is none of a suite's."""
    names = sorted(entry.name for entry in data.iterdir())
    return [name for name in names if not any(fnmatch.fnmatch(name, ours) for ours in OURS)]


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return f"{shown}, …" if len(names) > SHOWN else shown
