# SPDX-License-Identifier: Apache-2.0
"""Where the embedded suite keeps its files, below its data directory."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any

SOCKET = 80  # a unix socket's path may be 107 bytes long; this leaves room for the name


class Busy(Exception):
    """Another suite runs on this data directory."""


def short(folder: pathlib.Path) -> pathlib.Path:
    """A folder in which a unix socket can be: `folder` itself, or, where its path is too long, a
    private one elsewhere."""
    if len(os.fsencode(folder)) < SOCKET:
        return folder
    name = f"mano-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    made = pathlib.Path(tempfile.gettempdir()) / name
    made.mkdir(mode=0o700, exist_ok=True)
    if made.stat().st_uid != os.geteuid():
        raise PermissionError(
            f"{made} belongs to somebody else; choose a data directory with a shorter path"
        )
    return made


def agent_socket(data: pathlib.Path) -> pathlib.Path:
    """Where agents of this machine attach."""
    return short(data) / "agent.sock"


def agent_state(data: pathlib.Path) -> pathlib.Path:
    """The state directory of this machine's agent."""
    return data / "agent"


def remember(data: pathlib.Path, running: dict[str, Any]) -> None:
    """Notes what runs: {"pid", "nfvo", "vnfm", "started"}."""
    new = data / f".suite.json.{os.getpid()}"
    new.write_text(json.dumps(running))
    new.rename(data / "suite.json")


def remembered(data: pathlib.Path) -> dict[str, Any]:
    """What was noted last; {} if nothing."""
    try:
        found: dict[str, Any] = json.loads((data / "suite.json").read_text())
        return found
    except (OSError, ValueError):
        return {}


@contextlib.contextmanager
def locked(data: pathlib.Path) -> Iterator[None]:
    """Keeps other suites off this data directory; the kernel frees it however we end. Busy if one
    is there."""
    with (data / "suite.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = remembered(data).get("pid")
            raise Busy(
                f"a suite runs on {data} already{f' (pid {pid})' if pid else ''}: see `mano status`, "
                "end it with `mano down`, or choose another --data"
            ) from None
        yield


def running(data: pathlib.Path) -> bool:
    """Whether a suite holds this data directory."""
    try:
        with locked(data):
            return False
    except Busy:
        return True
    except OSError:
        return False
