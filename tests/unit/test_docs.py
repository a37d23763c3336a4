# SPDX-License-Identifier: Apache-2.0
"""The pages of docs/ say what the sources say."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
# Pages name a file from the root, from where a package is imported, or as a package has it.
FOLDERS = (ROOT, ROOT / "services", ROOT / "dataplane-agent" / "dataplane_agent")
FILE = re.compile(r"`([\w./-]+/[\w.-]+\.py)`")


def test_the_page_of_ports_is_what_the_types_say() -> None:
    written = subprocess.run(
        [sys.executable, ROOT / "tools" / "ports"], check=True, capture_output=True, text=True
    )
    assert (ROOT / "docs" / "ports.md").read_text() == written.stdout, "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: pathlib.Path) -> None:
    names = set(FILE.findall(page.read_text()))
    assert not {name for name in names if not any((folder / name).is_file() for folder in FOLDERS)}
