# SPDX-License-Identifier: Apache-2.0
"""Where the embedded suite keeps its files, below its data directory."""

from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile

SOCKET = 80  # a unix socket's path may be 107 bytes long; this leaves room for the name


def suite_log(data: pathlib.Path) -> pathlib.Path:
    """Where a suite in the background logs to."""
    return data / "mano.log"


def agent_log(data: pathlib.Path) -> pathlib.Path:
    """Where this machine's agent logs to."""
    return data / "agent.log"


def agent_state(data: pathlib.Path) -> pathlib.Path:
    """The state directory of this machine's agent."""
    return data / "agent"


def agent_socket(data: pathlib.Path) -> pathlib.Path:
    """Where agents of this machine attach."""
    return socket_folder(data) / "agent.sock"


def socket_folder(data: pathlib.Path) -> pathlib.Path:
    """`data`, or a folder elsewhere if a unix socket's path would be too long in it.

    Who puts a socket there makes it private before (`data_folder.make_private`)."""
    if len(os.fsencode(data)) < SOCKET:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return pathlib.Path(tempfile.gettempdir()) / f"mano-{os.geteuid()}-{digest}"
