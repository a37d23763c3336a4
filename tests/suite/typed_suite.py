# SPDX-License-Identifier: Apache-2.0
"""A suite as it is used by typing commands; no network service runs on it."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.lab.rabbitmq import free_ports


class Suite:
    """A data directory and a way to type commands at it."""

    program = (sys.executable, "-P", "-m", "mano")

    def __init__(self, folder: pathlib.Path):
        self.data = folder
        nfvo, vnfm = free_ports(2)
        self.port = nfvo
        self.environment = {
            **os.environ,
            "MANO_DATA": str(folder),
            "MANO_HOST": "test-up",
            "MANO_NFVO_ADDRESS": f"127.0.0.1:{nfvo}",
            "MANO_VNFM_ADDRESS": f"127.0.0.1:{vnfm}",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def mano(
        self, *words: str, cwd: pathlib.Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command."""
        return subprocess.run(
            [*self.program, *words],
            env={**self.environment, **environment},
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """A command as it is typed in a shell, with what follows it."""
        program = shlex.join(self.program)
        return subprocess.run(
            ["sh", "-c", f"{program} {line}"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def parts(self) -> dict[str, Any]:
        """Part -> pid, None where it does not run."""
        return {
            part["part"]: part["pid"]
            for part in json.loads(self.mano("status", "-o", "json").stdout)["parts"]
        }


def until(condition: Callable[[], bool], patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
