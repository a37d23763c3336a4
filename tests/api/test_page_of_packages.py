# SPDX-License-Identifier: Apache-2.0
"""docs/packages.md is true: its commands are run in order, in an empty folder, and say what the
page shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mano import store
from tests import running as suites
from tests.running import Running

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/packages.md"
PYTHONPATH = os.pathsep.join(map(str, [ROOT, ROOT / "services"]))
pytestmark = pytest.mark.skipif(
    not (shutil.which("dot") and shutil.which("openssl")), reason="needs dot (graphviz) and openssl"
)


def steps() -> list[tuple[str, list[str]]]:
    """The commands of the page's console blocks, each with the lines that it shows after it."""
    steps: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", PAGE.read_text(), re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


def says(output: str, expected: list[str]) -> bool:
    """Whether the lines are there in this order; `…` stands for anything."""
    lines = iter(output.splitlines())
    patterns = [".*".join(map(re.escape, line.strip().split("…"))) for line in expected]
    return all(any(re.fullmatch(pattern, line.strip()) for line in lines) for pattern in patterns)


@pytest.fixture
def suite(new_store: Callable[[], store.Store], tmp_path: Path) -> Iterator[Running]:
    """A suite in which nothing is onboarded."""
    with suites.started(Running(new_store, tmp_path / "suite")) as started:
        suites.client(started).vim()
        yield started


@pytest.fixture
def environment(suite: Running, tmp_path: Path) -> dict[str, str]:
    """A machine with the toolchain, the samples and a suite that runs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in (("mano", "mano"), ("mano-package", "descriptors")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        (programs / name).chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work/samples").symlink_to(ROOT / "descriptors")
    settings = suite.settings
    return {
        **os.environ,
        "PYTHONPATH": PYTHONPATH,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "MANO_DATA": str(tmp_path / "data"),
        "MANO_URL": settings.url("nfvo"),
        "MANO_VNFM_URL": settings.url("vnfm"),
        "MANO_CLIENT_ID": "oss",
        "MANO_CLIENT_SECRET": suites.SECRET,
    }


def test_the_page_says_what_its_commands_do(environment: dict[str, str], tmp_path: Path) -> None:
    assert len(steps()) > 20
    for command, expected in steps():
        process = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        output = process.stdout + process.stderr
        failed = any("error:" in line for line in expected)
        assert process.returncode == int(failed), f"$ {command}\n{output}"
        assert says(output, expected), f"$ {command}\n{output}\nThe page shows:\n" + "\n".join(
            expected
        )
    pictures = (tmp_path / "work/hello.svg").read_text(), (tmp_path / "work/shop.png").read_bytes()
    assert "service" in pictures[0] and pictures[1].startswith(b"\x89PNG")
