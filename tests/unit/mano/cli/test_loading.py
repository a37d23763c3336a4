# SPDX-License-Identifier: Apache-2.0
"""A command loads what it needs and nothing else, for it is typed often."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

SCRIPT = """
import atexit, pathlib, sys
listing = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: listing.write_text("\\n".join(sys.modules)))
from mano.cli import main
main()
"""
SERVICES = {"nfvo", "vnfm", "vim_baremetal", "connexion", "flask", "uvicorn", "psycopg2"}


def loaded(words: list[str], folder: pathlib.Path) -> set[str]:
    """The top-level packages that a command has loaded when it ends."""
    listing = folder / "modules"
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(listing), *words],
        env={**os.environ, "MANO_DATA": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return {name.partition(".")[0] for name in listing.read_text().splitlines()}


@pytest.mark.parametrize("words", [["-h"], ["ns", "-h"], ["vnf-package", "onboard", "-h"]])
def test_help_loads_neither_services_nor_clients(words: list[str], tmp_path: pathlib.Path) -> None:
    packages = loaded(words, tmp_path)
    assert "click" in packages
    assert not packages & {*SERVICES, "descriptors", "httpx", "rich", "yaml", "psutil"}


@pytest.mark.parametrize("words", [["status"], ["ns", "list"], ["down"], ["up", "-h"]])
def test_commands_load_no_service(words: list[str], tmp_path: pathlib.Path) -> None:
    assert not loaded(words, tmp_path) & {*SERVICES, "descriptors"}
