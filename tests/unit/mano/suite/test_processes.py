# SPDX-License-Identifier: Apache-2.0
"""Which processes run: zombies do not, and a pid may have become somebody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from mano.suite import processes

Child = subprocess.Popen[bytes]
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(flush=True)
input()
"""


@pytest.fixture
def child() -> Iterator[Child]:
    """A process that sleeps, and has a child that sleeps."""
    code = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()', *sys.argv[1:]])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--state", f"/nowhere/{os.getpid()}"], stdin=subprocess.PIPE
    )
    while len(processes.tree(process.pid)) < 2:
        time.sleep(0.01)
    yield process
    for pid in processes.tree(process.pid)[1:]:
        os.kill(pid, signal.SIGKILL)
    process.kill()
    process.communicate()


def test_a_process_that_ended_and_was_not_reaped_does_not_run(child: Child) -> None:
    assert processes.alive(child.pid)
    process = processes.look(child.pid)
    assert process is not None
    child.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while processes.alive(child.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(child.pid, 0)  # its pid is still taken
    assert not processes.alive(child.pid)
    assert not processes.runs(process)


def test_processes_are_found_by_arguments_that_follow_one_another(child: Child) -> None:
    marks = ["--state", f"/nowhere/{os.getpid()}"]
    assert processes.find(marks) == sorted(processes.tree(child.pid))
    assert processes.find(marks[::-1]) == []


def test_a_process_is_ended_and_killed_if_it_will_not(child: Child) -> None:
    stubborn = subprocess.Popen(
        [
            sys.executable,
            "-c",
            STUBBORN,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    assert not processes.end(stubborn.pid, 0.1)
    assert stubborn.wait(5) == -signal.SIGKILL
    stubborn.communicate()
    assert processes.end(stubborn.pid, 0.1), "of what is gone"


def test_the_memory_of_processes_is_their_sum(child: Child) -> None:
    pids = processes.tree(child.pid)
    assert processes.memory(pids) > processes.memory(pids[:1]) > 2**20
    assert processes.memory([2**22 + 1]) == 0
