# SPDX-License-Identifier: Apache-2.0
"""Ending the embedded suite, and removing all that it has made on this machine."""

from __future__ import annotations

import pathlib
import shutil
import subprocess

from mano import scratch
from mano.suite import agent, data_folder, paths, postgresql, processes, running

PATIENCE = 20.0  # seconds that the suite has to end by itself


def end(data: pathlib.Path) -> bool:
    """Ends the suite, the agent and the database; whether there was anything to end.

    Network services go on.
    """
    return any([_end_suite(data), _end_agent(data), _end_database(data)])


def purge(data: pathlib.Path) -> tuple[str, list[str]]:
    """Removes the kernel objects of this machine's agent and all data of the suite.

    What the agent said, and the names of what is left, for it is none of the suite's. RuntimeError
    if no suite has ever run there. The suite must be down.
    """
    answer = ""
    if data_folder.is_ours(data) and paths.agent_state(data).exists() and agent.installed():
        answer = _sweep(data)
    others = data_folder.remove(data)
    scratch.sweep()
    sockets = paths.socket_folder(data)
    if sockets != data and sockets.is_dir():
        data_folder.make_private(sockets)  # before anything is removed there: whose is it?
        shutil.rmtree(sockets)
    return answer, others


def _end_suite(data: pathlib.Path) -> bool:
    pid = running.read(data).get("pid", 0)
    if not pid or not running.is_locked(data) or not processes.alive(pid):
        return False
    processes.end(pid, PATIENCE)
    return True


def _end_agent(data: pathlib.Path) -> bool:
    pid = agent.find(data)
    agent.stop(data)
    return pid is not None


def _end_database(data: pathlib.Path) -> bool:
    server = postgresql.Server(data)
    was_alive = server.alive()
    server.stop()
    return was_alive


def _sweep(data: pathlib.Path) -> str:
    sweep = subprocess.run(
        [*agent.program("sweep"), "--delete", "--state", str(paths.agent_state(data))],
        capture_output=True,
        text=True,
        env=agent.environment(),
    )
    answer = sweep.stdout.strip()
    if sweep.returncode:
        reason = sweep.stderr.strip() or answer
        raise RuntimeError(
            f"the kernel objects were not all removed, so the data are kept: {reason}"
        )
    return answer
