# SPDX-License-Identifier: Apache-2.0
"""A package with two mistakes, and `lint` as it is called by hand."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from small_packages import VNFD

import descriptors
from descriptors.commands import cli

SAMPLES = Path(descriptors.__file__).parent


BAD = VNFD.replace("virtual_binding: vdu", "virtual_binding: nobody").replace(
    "num_virtual_cpu: 2", "num_virtual_cpu: two"
)


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli.group, ["lint", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def folder(path: Path, text: str = BAD) -> Path:
    (path / "Definitions").mkdir(parents=True)
    (path / "Definitions" / "vnfd.yaml").write_text(text)
    return path
