# SPDX-License-Identifier: Apache-2.0
"""What an embedded suite needs of its machine: free ports, and programs of the distribution."""

from __future__ import annotations

import logging
import os
import pathlib
import shutil

from mano.suite import agent
from mano.suite.settings import Settings

log = logging.getLogger(__name__)
AT_FIRST, TO_GO_ON = 64 << 20, 8 << 20  # bytes: a database is made, or a start is written down
# Program -> the Debian package it is in, and what it is for.
PROGRAMS = {
    "ip": ("iproute2", "network namespaces and links"),
    "nft": ("nftables", "forwarding paths and the sample firewall"),
    "nsenter": ("util-linux", "running VNFCs"),
    "openssl": ("openssl", "signatures of packages"),
    "unshare": ("util-linux", "the embedded PostgreSQL and running without root"),
}


def check(settings: Settings) -> None:
    """RuntimeError for what must be mended first; a warning for what only some things need."""
    _check_ports(settings)
    if os.geteuid() == 0 and not settings.database_url and shutil.which("unshare") is None:
        raise RuntimeError(
            "the program unshare is missing, without which the embedded PostgreSQL does not run "
            "as root: apt-get install util-linux"
        )
    for program in missing_programs():
        log.warning("%s", program)


def check_disk(data: pathlib.Path) -> None:
    """RuntimeError where there is no room for what a suite must write to start."""
    needed = TO_GO_ON if (data / "pg" / "PG_VERSION").exists() else AT_FIRST
    free = shutil.disk_usage(data).free
    if free < needed:
        raise RuntimeError(
            f"the disk with {data} is full: {free >> 20} MiB are free, {needed >> 20} MiB are "
            "needed to start; make room there, or choose another --data"
        )


def missing_programs() -> list[str]:
    """The programs that are not installed, each with what it is for and what to do."""
    path = agent.environment()["PATH"]
    return [
        f"the program {program} is missing ({purpose}): apt-get install {package}"
        for program, (package, purpose) in PROGRAMS.items()
        if shutil.which(program, path=path) is None
    ]


def _check_ports(settings: Settings) -> None:
    from mano.rest import server

    for name, address in settings.addresses.items():
        try:
            server.listen(*address).close()
        except server.PortTaken as error:
            raise RuntimeError(f"{error} (MANO_{name.upper()}_ADDRESS=127.0.0.1:<port>)") from error
