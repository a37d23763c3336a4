# SPDX-License-Identifier: Apache-2.0
"""The state directory: the last desired document, facts worth a probe, the boot id; nothing that is
believed blindly.

Every file is replaced as a whole; one that does not read back is as good as none.
"""

import fcntl
import json
import os
import uuid
from typing import Any

from dataplane_agent import kernel


def load(folder: str, name: str) -> dict[str, Any]:
    """A JSON file of the state directory, an object; {} where there is none that reads as one."""
    try:
        with open(f"{folder}/{name}") as f:
            value = json.load(f)
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def save(folder: str, name: str, value: object) -> None:
    """Replace a JSON file, durably: after a power cut it is the old one or the new one."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    fresh = f"{folder}/{name}.new"
    with open(fresh, "w") as f:
        json.dump(value, f)
        f.flush()
        os.fsync(f.fileno())
    os.rename(fresh, f"{folder}/{name}")


def lock(folder: str) -> bool:
    """Take the state directory for this process, until it ends; False if another one has it."""
    file = os.open(f"{folder}/lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def machine() -> str:
    """Changes with each boot of the kernel, and for a rootless agent with each holder of its
    namespaces."""
    return (
        f"{kernel.read('/proc/sys/kernel/random/boot_id')}/{os.environ.get('MANO_HOLDER', 'host')}"
    )


def boot(folder: str, before: bool) -> str:
    """The boot id of this host: a new one after a reboot, and when all of the agent's kernel
    objects were lost: there were some when it last looked (`remember`) and there are none now
    (`before`, as it is before anything is made)."""
    record = load(folder, "boot.json")
    is_whole = record.get("machine") == machine() and isinstance(record.get("boot"), str)
    if not is_whole or (record.get("holds") and not before):
        record = {"machine": machine(), "boot": str(uuid.uuid4()), "holds": before}
        save(folder, "boot.json", record)
    return str(record["boot"])


def remember(folder: str, holds: bool) -> None:
    """Note whether the kernel holds objects of the agent now."""
    record = load(folder, "boot.json")
    if record.get("holds") != holds:
        save(folder, "boot.json", {**record, "holds": holds})
