# SPDX-License-Identifier: Apache-2.0
"""Logs of VNFCs: what a process prints goes to `computes/<id>/log`, kept within bounds without a
process between."""

import os
import shutil

BOUND = 1 << 20  # bytes; the log before is kept as log.1


def trim(state: str) -> None:
    """Keep a copy of each log that grew over the bound, and empty it: its writer appends, so it
    goes on at 0."""
    for compute in _names(f"{state}/computes"):
        log = f"{state}/computes/{compute}/log"
        try:
            if os.path.getsize(log) > BOUND:
                shutil.copyfile(log, f"{log}.1")
                os.truncate(log, 0)
        except OSError:
            continue


def tail(folder: str, lines: int = 5) -> str:
    """The last lines of a compute's log, joined by ` | `."""
    try:
        with open(f"{folder}/log", "rb") as f:
            f.seek(max(0, os.path.getsize(f"{folder}/log") - 2000))
            return " | ".join(f.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
