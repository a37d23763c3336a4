# SPDX-License-Identifier: Apache-2.0
"""What the CLI prints of texts."""

from __future__ import annotations

import pytest

from mano.cli import output


def test_a_name_moves_no_cursor_and_breaks_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    output.rows([{"name": "a\nb\x1b[2Jc"}], [("Name", "name")], "table")
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines] == ["Name", "a\ufffdb\ufffd[2Jc"]


def test_without_colours_there_are_no_escapes_at_all(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    output.rows([{"name": "a"}], [("Name", "name")], "table")
    output.one({"name": "a"}, "table")
    assert "\x1b" not in capsys.readouterr().out


def test_a_text_of_several_lines_is_printed_line_by_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.data({"certificate": "-----BEGIN\nMIIE\n", "version": "1.0"}, "yaml")
    assert capsys.readouterr().out.startswith(
        "certificate: |\n  -----BEGIN\n  MIIE\nversion: '1.0'\n"
    )
