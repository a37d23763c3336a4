# SPDX-License-Identifier: Apache-2.0
"""An agent that nobody has told anything."""

from __future__ import annotations

import json
import pathlib
import socket
import subprocess
import sys

import pytest


@pytest.mark.skipif(not pathlib.Path("/proc").is_dir(), reason="needs Linux")
def test_an_agent_without_a_desired_state_says_again_that_it_is_here(
    tmp_path: pathlib.Path,
) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "bus.sock"))
        server.listen()
        server.settimeout(20)
        operations = first_operations(server, tmp_path)
    assert operations == ["attach", "hello", "hello"]


def first_operations(server: socket.socket, tmp_path: pathlib.Path) -> list[str]:
    """What an agent says to a VIM that answers nothing, until it has said hello twice."""
    agent = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dataplane_agent",
            "run",
            "--host",
            "hello-test",
            "--bus",
            f"unix://{tmp_path}/bus.sock",
            "--state",
            str(tmp_path / "state"),
        ],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    try:
        connection, _ = server.accept()
        with connection, connection.makefile() as lines:
            connection.settimeout(25)
            operations: list[str] = []
            while operations.count("hello") < 2:
                operations.append(json.loads(lines.readline())["operation"])
            return operations
    finally:
        agent.kill()
        agent.wait()
