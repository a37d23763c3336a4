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
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "bus.sock"))
    server.listen()
    server.settimeout(20)
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
        connection.settimeout(25)
        lines = connection.makefile()
        operations: list[str] = []
        while operations.count("hello") < 2:
            operations.append(json.loads(lines.readline())["operation"])
        assert operations == ["attach", "hello", "hello"]
    finally:
        agent.kill()
        agent.wait()
