# SPDX-License-Identifier: Apache-2.0
"""What the CLI prints of texts."""

from __future__ import annotations

import pytest

from mano.cli import output


def test_a_text_of_several_lines_is_printed_line_by_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.data({"certificate": "-----BEGIN\nMIIE\n", "version": "1.0"}, "yaml")
    assert capsys.readouterr().out.startswith(
        "certificate: |\n  -----BEGIN\n  MIIE\nversion: '1.0'\n"
    )
