# SPDX-License-Identifier: Apache-2.0
"""How much of the disks stays free."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

import pytest

from mano.disks import Disks


@pytest.fixture
def small(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file system of 20 MiB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "mano-test", str(tmp_path)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_of_a_small_disk_of_temporary_files_a_tenth_stays_free(
    small: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small))
    free = shutil.disk_usage(small).free
    assert Disks().shortage(free - 2 * 2**20) == ""
    assert str(small) in Disks().shortage(free - 2 * 2**20 + 1)


def test_of_the_disk_of_the_database_the_whole_reserve_stays_free(small: pathlib.Path) -> None:
    free = shutil.disk_usage(small).free
    disks = Disks((str(small),), reserve=8 * 2**20)
    assert disks.shortage(free - 8 * 2**20) == ""
    assert "MANO_DISK_RESERVE" in disks.shortage(free - 8 * 2**20 + 1)


def test_a_disk_that_is_not_there_is_not_looked_at(tmp_path: pathlib.Path) -> None:
    assert Disks((str(tmp_path / "none"),)).shortage(0) == ""
