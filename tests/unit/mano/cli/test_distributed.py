# SPDX-License-Identifier: Apache-2.0
"""`mano run`: what each process of a distributed suite is given."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("process", "gets"), [("vnfm-worker", False), ("vnfm-api", True)])
def test_credentials_are_for_processes_that_take_requests(
    tmp_path: pathlib.Path, process: str, gets: bool
) -> None:
    """A worker's home may be read-only; without a database both end, and say so."""
    data = tmp_path / "data"
    environment = {name: value for name, value in os.environ.items() if name[:5] != "MANO_"}
    ended = subprocess.run(
        [sys.executable, "-m", "mano", "--data", data, "run", process],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert ended.returncode and "needs MANO_DATABASE_URL" in ended.stderr
    assert (data / "credentials.json").exists() == gets
