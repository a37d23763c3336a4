# SPDX-License-Identifier: Apache-2.0
"""What a process leaves in its folder when it is killed, the next one removes."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import pytest

from mano import scratch

CODE = """
import pathlib, sys
from mano import scratch
folder = pathlib.Path(scratch.Scratch().path)
(folder / "package.zip").write_text("large")
print(folder, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_folder_of_a_killed_process_is_removed_and_that_of_a_living_one_stays(
    tmp_path: pathlib.Path,
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    with child:
        assert child.stdout is not None
        theirs = pathlib.Path(child.stdout.readline().strip())
        ours = scratch.Scratch()
        assert (theirs / "package.zip").exists()
        child.send_signal(signal.SIGKILL)
        child.wait()
    again = scratch.Scratch()
    assert not theirs.exists() and pathlib.Path(ours.path).exists()
    ours.close()
    again.close()
    assert list(tmp_path.iterdir()) == []


def test_what_only_has_such_a_name_is_left_alone(tmp_path: pathlib.Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (tmp_path / f"{scratch.PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{scratch.PREFIX}file").touch()
    scratch.sweep()
    assert (elsewhere / "precious").exists() and len(list(tmp_path.iterdir())) == 3
