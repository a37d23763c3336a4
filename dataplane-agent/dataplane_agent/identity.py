# SPDX-License-Identifier: Apache-2.0
"""Who an agent is: its tag, made once at random and kept in the state directory (`identity.json`),
so that a directory that was moved, linked or restored is the same agent's.

An agent of a version that took its tag from the directory's path keeps that one."""

import fcntl
import os
import secrets

from dataplane_agent import names, processes, state

FILE = "identity.json"
LENGTH = 7  # of a tag: 36 bits


def tag(folder: str) -> str:
    """The tag of the agent of this state directory: as kept, else as the VNFCs' processes bear it
    that it started, else of the path."""
    kept = str(state.load(folder, FILE).get("tag", ""))
    if names.TAG.match(kept):
        return kept
    return _of_processes(folder) or names.tag_of(folder)


def take(folder: str, tag_given: str | None) -> str:
    """The tag with which an agent begins, kept from now on; to be asked while the state directory
    is locked. ValueError where this is a copy of the state of an agent that runs."""
    record = state.load(folder, FILE)
    former = str(record.get("folder", folder))
    if former != folder and _runs(former) and not tag_given:
        raise ValueError(
            f"--state {folder} is a copy of {former}, whose agent runs: two agents of one identity "
            "would remove each other's VNFCs. End that one, or delete identity.json, desired.json "
            "and boot.json of the copy."
        )
    chosen = tag_given or (tag(folder) if _has_run(folder) else _random())
    if record.get("tag") != chosen or former != folder:
        state.save(folder, FILE, {"tag": chosen, "folder": folder})
    return chosen


def _random() -> str:
    return "".join(secrets.choice(names.DIGITS) for _ in range(LENGTH))


def _has_run(folder: str) -> bool:
    """Whether an agent was ever told anything here, or has left something running."""
    files = (FILE, "desired.json", "boot.json")
    return any(os.path.exists(f"{folder}/{file}") for file in files) or bool(_of_processes(folder))


def _of_processes(folder: str) -> str:
    """The tag that the processes bear which an agent of this directory started."""
    tags = {processes.marks(pid).get("MANO_TAG", "") for pid in processes.of_state(folder)}
    return min((tag for tag in tags if names.TAG.match(tag)), default="")


def _runs(folder: str) -> bool:
    """Whether an agent holds that state directory."""
    try:
        with open(f"{folder}/lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
