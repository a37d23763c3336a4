# SPDX-License-Identifier: Apache-2.0
"""What the toolchain writes takes the place of a regular file at most, and never of an input."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

import descriptors
from descriptors import outputs
from descriptors.archive import signing
from descriptors.commands import cli

WEB = str(Path(descriptors.__file__).parent / "vnf/web")


def written(out: Path) -> None:
    with outputs.replacing(out) as partial:
        partial.write_text("new")


def test_a_pipe_a_link_and_a_device_stay_what_they_are(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("file")
    for out in (tmp_path / "pipe", tmp_path / "link", tmp_path, Path("/dev/null")):
        kind = stat.S_IFMT(out.lstat().st_mode)
        with pytest.raises(outputs.OutputError, match=out.name):
            written(out)
        assert stat.S_IFMT(out.lstat().st_mode) == kind
    assert (tmp_path / "file").read_text() == "old"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "link", "pipe"]


def test_a_file_of_the_longest_name_is_written_with_the_rights_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    out = tmp_path / ("n" * 255)
    written(out)
    assert out.read_text() == "new"
    assert out.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_what_failed_leaves_the_earlier_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    with pytest.raises(RuntimeError), outputs.replacing(tmp_path / "out") as partial:
        partial.write_text("half")
        raise RuntimeError
    assert [item.read_text() for item in tmp_path.iterdir()] == ["old"]


def test_two_that_write_at_once_never_mix(tmp_path: Path) -> None:
    barrier = threading.Barrier(2)

    def write(letter: str) -> None:
        with outputs.replacing(tmp_path / "out") as partial, partial.open("w") as stream:
            for _ in range(2):
                barrier.wait()
                stream.write(letter * 5000)
                stream.flush()

    writers = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert set((tmp_path / "out").read_text()) in ({"a"}, {"b"})
    assert len((tmp_path / "out").read_text()) == 10_000


@pytest.mark.parametrize("name", ["key", "certificate"])
def test_a_key_or_certificate_is_never_overwritten_by_what_it_signs(
    web: Path, vendor: signing.Identity, name: str
) -> None:
    file: Path = getattr(vendor, name)
    before = file.read_bytes()
    with pytest.raises(outputs.OutputError, match="is an input"):
        signing.sign(web, vendor, file)
    assert file.read_bytes() == before


def test_an_unsigned_csar_stays_beside_the_signed_one(
    tmp_path: Path, vendor: signing.Identity
) -> None:
    plain = descriptors.build(WEB, tmp_path)
    before = plain.read_bytes()
    assert signing.sign(plain, vendor, tmp_path).name == "web.signed.csar"
    with pytest.raises(outputs.OutputError, match="is an input"):
        signing.sign(plain, vendor, plain)
    assert plain.read_bytes() == before


@pytest.mark.parametrize("command", ["build", "show"])
def test_commands_say_in_a_sentence_what_they_do_not_replace(tmp_path: Path, command: str) -> None:
    os.mkfifo(tmp_path / "pipe.csar")
    os.mkfifo(tmp_path / "pipe.dot")
    words = {
        "build": ["build", WEB, "--out", str(tmp_path / "pipe.csar")],
        "show": ["show", WEB, "--graph", str(tmp_path / "pipe.dot")],
    }[command]
    result = CliRunner().invoke(cli.group, words)
    assert result.exit_code == 1
    assert "name another" in result.output, result.output


def test_a_start_that_fails_leaves_nothing_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *words: object, **more: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        result = CliRunner().invoke(cli.group, ["init", "vnf", str(tmp_path / "mine")])
    assert (result.exit_code, "No space left" in result.output) == (1, True)
    assert list(tmp_path.iterdir()) == []
    assert CliRunner().invoke(cli.group, ["init", "vnf", str(tmp_path / "mine")]).exit_code == 0


def test_the_toolchain_within_mano_says_what_the_machine_refuses_in_a_sentence(
    tmp_path: Path,
) -> None:
    from mano.cli.group import root

    out = tmp_path / "file" / "x.csar"
    out.parent.write_text("no folder")
    alone = CliRunner().invoke(cli.group, ["build", WEB, "--out", str(out)])
    within = CliRunner().invoke(root, ["package", "build", WEB, "--out", str(out)])
    assert (within.exit_code, within.output) == (alone.exit_code, alone.output)
    assert within.exit_code == 1 and within.output.startswith("Error: ")


def test_show_takes_the_folder_of_definitions_for_its_package(tmp_path: Path) -> None:
    whole = CliRunner().invoke(cli.group, ["show", WEB])
    inside = CliRunner().invoke(cli.group, ["show", f"{WEB}/Definitions"])
    assert (inside.exit_code, inside.output) == (0, whole.output)
